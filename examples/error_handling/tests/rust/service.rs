//! The application's errors: every layer is kept, including the library's own errors.

use std::path::PathBuf;

use error_handling::service::Service;
use error_handling::Error;

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.settings"));
    std::fs::write(&path, text).unwrap();
    path
}

fn itself(host: &str) -> anyhow::Result<String> {
    Ok(host.to_owned())
}

#[test]
fn a_service_is_loaded() {
    let service = Service::load(&file("good", "host = a\nport = 80"), itself).unwrap();
    assert_eq!(service, Service { address: "a".into(), port: 80 });
}

#[test]
fn context_stands_above_the_error() {
    let error = Service::load(&file("bare", "host = a"), itself).unwrap_err();
    let layers: Vec<String> = error.chain().map(ToString::to_string).collect();
    assert_eq!(layers, ["the service `bare` cannot start", "it has no port to listen on", "there is no `port`"]);
    // anyhow looks through the context.
    assert!(matches!(error.downcast_ref(), Some(Error::Missing { key }) if key == "port"));
}

#[test]
fn what_the_callback_says_is_the_last_cause() {
    let error = Service::load(&file("lost", "host = a\nport = 80"), |_| anyhow::bail!("no network")).unwrap_err();
    assert_eq!(format!("{error:#}"), "the service `lost` cannot start: the host `a` has no address: no network");
    let error = Service::load(&file("empty", "host = a\nport = 80"), |_| Ok(String::new())).unwrap_err();
    assert_eq!(error.root_cause().to_string(), "the address of `a` is empty");
}
