//! `onsale queue verify`: checks a line with nothing but its published documents.

use crate::cli::Queue;
use crate::say;
use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use onsale_core::lineup::EntryId;
use onsale_core::lineup::proof::{self, Awaited, Check, Fault, LineProof, Missed, Verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::process::ExitCode;

/// The name of the check that the page cannot make.
const SIGNATURE: &str = "signature";

/// What `…/proof/entries` answers.
#[derive(Deserialize)]
struct Entries {
    entries: Vec<EntryId>,
}

/// Checks and tells.
pub(crate) fn run(queue: &Queue) -> anyhow::Result<ExitCode> {
    let Queue::Verify { proof, entries, json } = queue;
    let mut proof: LineProof = read(proof)?;
    if let Some(entries) = entries {
        proof.entries = Some(read::<Entries>(entries)?.entries);
    }
    let mut checks = proof::verify(&proof);
    checks.push(signature(&proof));
    if *json {
        say(&serde_json::to_string_pretty(&checks).context("writing the checks")?);
    } else {
        tell(&proof, &checks);
    }
    Ok(if proof::holds(&checks) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no such document", path.display()))
}

fn tell(proof: &LineProof, checks: &[Check]) {
    say(&format!("The line of {}:", proof.event_id));
    for check in checks {
        let word = match check.verdict {
            Verdict::Ok => "ok    ",
            Verdict::Failed => "FAILED",
            Verdict::Open => "open  ",
        };
        say(&format!("  {word}  {:<11}  {}", check.name, check.sentence));
    }
    say("Not provable: that each entry is a person.");
}

/// Whether the receipt is signed by the seller's key: with it a missing entry can be held against them.
fn signature(proof: &LineProof) -> Check {
    match &proof.mine {
        None => Check::missed(SIGNATURE, Missed::Open(Awaited::Receipt)),
        Some(_) if is_signed(proof) => Check::held(SIGNATURE, "Your receipt is signed by the seller's key.".to_owned()),
        Some(_) => Check::missed(SIGNATURE, Missed::Failed(Fault::NotSigned)),
    }
}

fn is_signed(proof: &LineProof) -> bool {
    let signed = || {
        let receipt = &proof.mine.as_ref()?.receipt;
        let key = VerifyingKey::from_bytes(&proof.receipt_key.0).ok()?;
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(&receipt.signature).ok()?).ok()?;
        key.verify_strict(receipt.signed_text(&proof.event_id).as_bytes(), &signature).ok()
    };
    signed().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use onsale_core::lineup::proof::{Mine, Receipt};
    use onsale_core::lineup::{Hash, chain, shuffle};

    /// The document of somebody who is alone in line.
    fn alone() -> LineProof {
        let key = SigningKey::from_bytes(&[5; 32]);
        let event_id = onsale_core::EventId::new("EVT001").expect("an id");
        let entry = EntryId([1; 16]);
        let mut receipt = Receipt {
            entry,
            position: 1,
            chain_head: chain::follow(chain::start(&event_id), &entry),
            joined_at: "2027-02-04T09:00:00Z".parse().expect("a time"),
            signature: String::new(),
        };
        let signature = key.sign(receipt.signed_text(&event_id).as_bytes());
        receipt.signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
        LineProof {
            event_id,
            starts_at: receipt.joined_at,
            shuffled: false,
            commitment: shuffle::commitment(&Hash([2; 32])),
            receipt_key: Hash(key.verifying_key().to_bytes()),
            heads: Vec::new(),
            list: None,
            revealed: None,
            mine: Some(Mine { receipt, inclusion: None, place: Some(1) }),
            entries: Some(vec![entry]),
        }
    }

    #[test]
    fn a_receipt_is_signed_for_its_event_position_and_head() {
        let proof = alone();
        assert_eq!(signature(&proof).verdict, Verdict::Ok);
        let mut other = proof.clone();
        other.event_id = onsale_core::EventId::new("EVT002").expect("an id");
        assert_eq!(signature(&other).verdict, Verdict::Failed);
        let mut moved = proof.clone();
        moved.mine.as_mut().expect("one's own").receipt.position = 2;
        assert_eq!(signature(&moved).verdict, Verdict::Failed);
        let nobodys = LineProof { mine: None, ..proof };
        assert_eq!(signature(&nobodys).verdict, Verdict::Open);
    }

    #[test]
    fn the_exit_code_tells_whether_all_holds() {
        let folder = std::env::temp_dir().join(format!("onsale-verify-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let verify = |name: &str, proof: &LineProof| {
            let path = folder.join(name);
            std::fs::write(&path, serde_json::to_vec(proof).expect("JSON")).expect("a file");
            run(&Queue::Verify { proof: path, entries: None, json: false }).expect("readable")
        };
        let mut tampered = alone();
        tampered.entries = Some(vec![EntryId([9; 16])]);
        let codes = (verify("good.json", &alone()), verify("bad.json", &tampered));
        std::fs::remove_dir_all(&folder).expect("it was there");
        assert_eq!(codes, (ExitCode::SUCCESS, ExitCode::FAILURE));
    }
}
