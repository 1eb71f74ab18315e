//! `waybill-verify`: checks a bundle offline.

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use waybill_verify::{Request, run};

fn main() -> ExitCode {
    let done = Request::read(std::env::args().skip(1))
        .and_then(|request| run(&request, &mut stdout().lock()));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // There is nowhere left to say it if this fails.
            let _written = writeln!(stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}
