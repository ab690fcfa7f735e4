//! What it refuses to start on, each in one sentence.

use crate::program::{SECRET, run, said};

/// Starts it, which must be refused by one sentence that has these words.
fn refused(arguments: &[&str], settings: &[(&str, &str)], words: &[&str]) {
    let output = run(arguments, settings);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.trim().lines().count(), 1, "one sentence: {text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is in {text}");
    }
}

#[test]
fn serve_needs_the_secret() {
    refused(&["serve", "booking"], &[], &["ONSALE_SECRET is not set", "openssl rand"]);
}

#[test]
fn serve_takes_one_address_for_one_role() {
    let settings = [("ONSALE_SECRET", SECRET)];
    refused(&["serve", "auth", "admin", "--listen", "127.0.0.1:0"], &settings, &["LISTEN_<ROLE>"]);
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    refused(&["up", "--listen", &address], &[], &[&address, "--listen"]);
}

#[test]
fn production_refuses_what_is_for_trying_out() {
    let production = [("ONSALE_ENV", "production"), ("ONSALE_SECRET", SECRET)];
    refused(&["up"], &production, &["onsale serve"]);
    refused(&["serve", "sandbox", "--listen", "127.0.0.1:0"], &production, &["PUBLIC_URL", "sandbox"]);
}

#[test]
fn a_database_that_is_away_is_one_sentence() {
    let settings = [("DATABASE_URL", "postgres://somebody:hidden@127.0.0.1:9/onsale"), ("REDIS_URLS", "redis://x")];
    let output =
        run(&["serve", "auth", "--listen", "127.0.0.1:0"], &[&settings[..], &[("ONSALE_SECRET", SECRET)]].concat());
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("127.0.0.1:9 cannot be reached") && !text.contains("hidden"), "{text}");
}

#[test]
fn a_crowd_that_does_not_fit_with_one_gateway_dead_is_told_before_anything_starts() {
    let settings = [("GATEWAY_CROWD", "4000000000")];
    refused(&["up", "--gateways", "3", "--listen", "127.0.0.1:0"], &settings, &["GATEWAY_CROWD", "ulimit -n"]);
    let settings = [("GATEWAY_CROWD", "4000000000"), ("ONSALE_SECRET", SECRET)];
    refused(&["serve", "gateway", "--listen", "127.0.0.1:0"], &settings, &["GATEWAY_CROWD", "one of several dead"]);
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_by_its_setting() {
    let settings = [("TLS_CERTIFICATE", "nothing"), ("TLS_KEY", "nothing"), ("ONSALE_SECRET", SECRET)];
    refused(&["serve", "gateway", "--listen", "127.0.0.1:0"], &settings, &["TLS_CERTIFICATE", "PEM"]);
    let settings = [("TLS_CERTIFICATE_FILE", "/nowhere/certificate.pem"), ("ONSALE_SECRET", SECRET)];
    refused(&["serve", "gateway", "--listen", "127.0.0.1:0"], &settings, &["TLS_CERTIFICATE_FILE=/nowhere"]);
}
