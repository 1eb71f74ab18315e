//! A whole delivery in the app's own window: the shell, the page, the engine and a real hub.
//!
//! What the screens look like and how they behave in all their states is tested in a browser; here it
//! is shown that the shell carries everything a screen needs, and that a kill costs nothing.

#![expect(clippy::expect_used, reason = "a panic is how a test fails")]

mod driver;
mod gate;

use serde_json::{Value, json};
use waybill_sync::enrol::Link;
use waybill_testkit::picture;
use waybill_testkit::world::World;

use driver::Window;
use gate::Gate;

/// The link in a phone's QR code, leading to the hub through the gate.
async fn link_through(gate: &Gate, world: &World) -> String {
    let ada = world.sign_in("ada").await.expect("an admin signs in");
    let wanted = json!({ "person_id": "priya", "depot_id": "leeds" });
    let invited: Value = ada.post("/v1/enrolments", &wanted).await.expect("the driver is invited");
    let link = invited["link"].as_str().expect("an invitation has a link");
    let link = Link::from_text(link).expect("the hub writes links we read");
    Link { hub_url: gate.url(), ..link }.to_text()
}

async fn enrol(window: &Window, link: &str) {
    window.write("enrol-link", link).await;
    window.write("enrol-device", "Window").await;
    window.tap("enrol-submit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_made_without_air_survives_a_kill_and_reaches_the_office() {
    let world = World::begin().await.expect("a world");
    let planned = world.plan_run("R1", 1).await.expect("a day's work");
    let job = planned.jobs.first().expect("a job").job_id.to_string();
    let gate = Gate::before(&world.url).await;
    let dir = tempfile::tempdir().expect("a folder");
    let photo = dir.path().join("goods.png");
    std::fs::write(&photo, picture::png(7, 640, 480)).expect("a picture");

    let phone = dir.path().join("phone");
    let window = Window::open(&phone).await;
    enrol(&window, &link_through(&gate, &world).await).await;
    window.tap("next-job").await;

    // From here on there is no way to the office.
    gate.cut();
    window.tap("act-arrive").await;
    window.see("act-sign").await;
    window.write("photo-input", &photo.to_string_lossy()).await;
    window.see_picture("photo").await;
    window.tap("act-sign").await;
    window.write("sign-name", "Amina Wright").await;
    window.draw("sign-pad").await;
    window.tap("sign-done").await;
    window.see("sign-thanks").await;
    window.hold("take-back").await;
    window.tap("act-deliver").await;
    window.see("outcome=delivered").await;
    window.kill().await;

    let window = Window::open(&phone).await;
    assert!(!window.sees("enrol-link").await, "the phone forgot whom it belongs to");
    window.see("trust-line=offline").await;
    window.tap("job-row").await;
    window.see("outcome=delivered").await;
    window.see_picture("photo").await;
    let feed = world.feed().expect("a feed");
    assert!(feed.entries.is_empty(), "the office heard of a delivery through a cut line");

    gate.mend();
    window.tap("back").await;
    window.tap("trust-line").await;
    window.tap("sync-now").await;
    window.see("trust-air=online").await;
    // Safe at the office is what a receipt says, for the facts and for each piece of evidence.
    window.reads("trust-facts", "0").await;
    window.reads("trust-blobs", "0").await;
    window.reads("trust-office", "1").await;
    window.reads("trust-phone", "0").await;
    window.picture("safe").await;
    let page = world.job_page("R1", &job).expect("the office knows the job");
    assert_eq!(page.photos.len(), 1, "the photo is at the office");
    let feed = world.feed().expect("a feed");
    assert_eq!(feed.entries.len(), 1, "finance reads of it once");
}
