//! A whole audit of what an index serves.

use forge::wheel::Wheel;
use monowheel_audit::audit::{Options, audit};
use monowheel_audit::report::Report;

use super::*;

const PLATFORM: &str = "manylinux_2_17_x86_64";

/// A wheel, most of which is data that no rule looks at.
fn large(wheel: &Wheel) -> Arc<[u8]> {
    let data = noise(600_000);
    let text = noise(100_000);
    wheel.clone().with("demo/data.bin", data.to_vec()).with("demo/more.bin", text.to_vec()).bytes().into()
}

fn report(server: &Server, wheel: &Wheel, options: &IndexOptions) -> Report {
    let offer = offer(&server.url(&format!("/f/{}", wheel.file)), options).unwrap();
    audit(&offer.subjects, &Options::default(), &|_| {}).unwrap()
}

fn rules(report: &Report) -> Vec<&str> {
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report.files[0].findings.iter().map(|finding| &*finding.rule).collect()
}

#[test]
fn what_no_rule_looks_at_stays_where_it_is() {
    let wheel = Wheel::abi3(PLATFORM);
    let server = Server::of_file(&large(&wheel));
    assert_eq!(rules(&report(&server, &wheel, &options())), [""; 0]);
    assert!(server.sent() < 200_000, "{} {:?}", server.sent(), server.ranges());
    assert!(server.seen().len() <= 3, "{:?}", server.ranges());
    assert_eq!(rules(&report(&server, &wheel, &IndexOptions { whole: true, ..options() })), [""; 0]);
}

#[test]
fn what_is_wrong_is_found_from_afar() {
    // Neither WHEEL nor the binary is for it.
    let wheel = Wheel { file: "demo-1.0-cp38-abi3-manylinux_2_17_aarch64.whl".to_owned(), ..Wheel::abi3(PLATFORM) };
    let bytes = large(&wheel);
    let here = audit(&[Subject::bytes(wheel.file.clone(), Arc::clone(&bytes))], &Options::default(), &|_| {}).unwrap();
    assert!(rules(&here).contains(&"tags-mismatch"));
    let served = Arc::clone(&bytes);
    for server in [Server::of_file(&bytes), Server::start(move |_| Reply::new(200, &*served))] {
        assert_eq!(rules(&report(&server, &wheel, &options())), rules(&here));
    }
}

#[test]
fn a_binary_is_fetched_in_one_request() {
    let wheel = Wheel::abi3(PLATFORM).with("demo/tool.so", noise(600_000).to_vec());
    let server = Server::of_file(&wheel.bytes().into());
    report(&server, &wheel, &options());
    // The end, what precedes the binary, and the binary.
    assert!(server.seen().len() <= 4, "{:?}", server.ranges());
}

#[test]
fn a_server_that_goes_away_is_a_failure_and_no_finding() {
    let wheel = Wheel::abi3(PLATFORM);
    let bytes = large(&wheel);
    let server = Server::start(move |request| {
        let reply = Reply::file(request, &bytes, "\"1\"");
        if request.nth == 1 { reply } else { reply.manner(Manner::Cut(0)) }
    });
    let report = report(&server, &wheel, &options());
    assert!(report.files.is_empty());
    assert!(report.failures[0].why.contains("keeps getting interrupted"), "{:?}", report.failures);
}
