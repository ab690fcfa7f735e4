//! `proof chaos` as it is run.

use std::process::Command;

#[test]
fn the_rows_of_the_fault_matrix_are_listed() {
    let output = Command::new(env!("CARGO_BIN_EXE_proof")).args(["chaos", "--list"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("postgres-killed") && text.contains("booking-a to postgres"),
        "{text}"
    );
    let unknown =
        Command::new(env!("CARGO_BIN_EXE_proof")).args(["chaos", "--row", "weather"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert!(!unknown.status.success() && said.contains("there is no row weather"), "{said}");
}
