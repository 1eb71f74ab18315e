//! At the door: what giving up asks for, money, a PIN, an age, and advice about photos.

use waybill_core::fact::{CashMethod, Channel, ContactOutcome};
use waybill_core::job::{DeliveryPin, Money, Terms};
use waybill_core::readiness::ReadinessReason;

use super::*;
use crate::api::door::{Ask, CheckAge, CheckPin, PhotoAdvice, TakeCash, TryContact, WaivePin};
use crate::media::develop;

/// A clock that stands still until it is moved.
#[derive(Default)]
struct Still(AtomicU64);

impl Clock for Still {
    fn read(&self) -> Reading {
        let now = self.0.load(Ordering::SeqCst);
        Reading { wall_ms: Timestamp(now.cast_signed()), zone_min: 0, monotonic_ms: now }
    }
}

/// A phone at the door of J1, whose job is as told.
fn at_door(change: impl FnOnce(&mut JobSpec)) -> (TempDir, Engine, Arc<Still>) {
    let dir = phone(Role::Driver);
    let clock = Arc::new(Still::default());
    let given: Arc<dyn Clock> = Arc::<Still>::clone(&clock);
    let mut engine = Engine::open(dir.path(), given, Arc::new(SystemDice)).unwrap();
    let mut changed = spec();
    change(&mut changed);
    let reader = engine.reader();
    let policies = engine.policies.clone();
    let book = engine.books.get_mut(&of("J1").run_id).unwrap();
    book.doc.set_writer(&reader);
    book.doc.put_job(&of("J1").job_id, &changed, None, "", Timestamp(1)).unwrap();
    book.reread(&policies).unwrap();
    engine.step(&of("J1"), Step::Arrive).unwrap();
    (dir, engine, clock)
}

fn minutes(clock: &Still, minutes: u64) {
    clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
}

fn reached(channel: Channel, outcome: ContactOutcome) -> TryContact {
    let OfJob { run_id, job_id } = of("J1");
    TryContact { run_id, job_id, channel, outcome }
}

fn nobody_there(anyway: Option<&str>) -> Fail {
    let anyway = anyway.map(str::to_owned);
    Fail { reason: "nobody_there".to_owned(), anyway, ..closed("J1") }
}

fn asks(engine: &Engine) -> Vec<(Ask, u32, u64)> {
    let failing = view(engine, "J1").failing;
    let reason = failing.iter().find(|each| each.reason == "nobody_there").unwrap();
    reason.asks.iter().map(|ask| (ask.ask, ask.has, ask.wait_ms / 60_000)).collect()
}

#[test]
fn nobody_is_given_up_before_what_the_reason_asks_for_was_done() {
    let (_dir, mut engine, clock) = at_door(|_| {});
    assert_eq!(code(engine.fail(&nobody_there(None))), "evidence_missing");
    for wait in [0, 3, 3] {
        minutes(&clock, wait);
        engine.contact(&reached(Channel::Call, ContactOutcome::NoAnswer)).unwrap();
    }
    let shown = asks(&engine);
    assert_eq!(shown, [(Ask::ContactAttempts, 3, 0), (Ask::Wait, 6, 4), (Ask::Photo, 0, 0)]);
    minutes(&clock, 4);
    assert_eq!(code(engine.fail(&nobody_there(Some(" ")))), "evidence_missing", "the photo");
    engine.keep_photo(&photo("J1")).unwrap();
    engine.fail(&nobody_there(None)).unwrap();
    let state = engine.state(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert!(state.outcomes[0].unmet.is_empty() && state.outcomes[0].anyway.is_none());
    let late = engine.contact(&reached(Channel::Call, ContactOutcome::Answered));
    assert_eq!(code(late), "already_done");
}

#[test]
fn a_call_too_soon_after_another_does_not_count_and_the_wait_is_told() {
    let (_dir, mut engine, clock) = at_door(|_| {});
    engine.contact(&reached(Channel::Call, ContactOutcome::NoAnswer)).unwrap();
    minutes(&clock, 1);
    engine.contact(&reached(Channel::Text, ContactOutcome::Sent)).unwrap();
    assert_eq!(asks(&engine)[0], (Ask::ContactAttempts, 1, 2));
    assert_eq!(view(&engine, "J1").contacts.len(), 2, "both are kept and shown");
    let never = engine.contact(&reached(Channel::Call, ContactOutcome::Sent));
    assert_eq!(code(never), "fields_invalid");
}

#[test]
fn whoever_cannot_do_it_says_why_unless_the_policy_is_strict() {
    let (_dir, mut engine, _) = at_door(|_| {});
    let mut strict = Policy { version: 2, ..Policy::shipped() };
    strict.reasons.iter_mut().for_each(|reason| reason.is_strict = true);
    engine.policies.insert(strict);
    let hurry = nobody_there(Some("unsafe_to_wait"));
    assert_eq!(code(engine.fail(&hurry)), "reason_strict");
    engine.policies.insert(Policy { version: 3, ..Policy::shipped() });
    let early = Fail { reason: "out_of_time".to_owned(), ..closed("J1") };
    assert_eq!(code(engine.fail(&early)), "reason_not_here", "the driver is there");
    engine.fail(&hurry).unwrap();
    let state = engine.state(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert_eq!(state.outcomes[0].anyway.as_deref(), Some("unsafe_to_wait"));
    assert_eq!(state.outcomes[0].unmet.len(), 3, "and the office hears what was not done");
}

#[test]
fn money_comes_in_parts_and_what_stays_open_has_a_reason() {
    let due = Money { minor: 5_230, currency: "GBP".to_owned() };
    let (_dir, mut engine, _) = at_door(|spec| spec.cash_due = Some(due));
    let OfJob { run_id, job_id } = of("J1");
    let take = |minor, reason: &str| TakeCash {
        run_id: run_id.clone(),
        job_id: job_id.clone(),
        minor,
        method: CashMethod::Cash,
        reason: reason.to_owned(),
    };
    assert_eq!(code(engine.take_cash(&take(4_000, ""))), "cash_reason_missing");
    assert_eq!(code(engine.take_cash(&take(-1, "x"))), "fields_invalid");
    engine.take_cash(&take(4_000, "rest_follows")).unwrap();
    let foretold = engine.outlook(&deliver("J1", vec![])).unwrap();
    assert!(foretold.reasons.iter().any(|each| matches!(
        each,
        ReadinessReason::ProofMissing { .. } | ReadinessReason::CashShort { .. }
    )));
    let rest = TakeCash { method: CashMethod::Card, ..take(1_230, "ignored, for nothing is open") };
    let rest = engine.take_cash(&rest).unwrap();
    let day = engine.run_view(&run_id).unwrap().cash.remove(0);
    assert_eq!((day.due_minor, day.taken_minor, day.in_cash_minor), (5_230, 5_230, 4_000));
    let undo = Undo {
        run_id: run_id.clone(),
        job_id: job_id.clone(),
        fact_id: rest.fact_id,
        reason: "by_mistake".to_owned(),
    };
    engine.undo(&undo).unwrap();
    assert_eq!(view(&engine, "J1").cash.unwrap().taken_minor, 4_000);
    let OfJob { run_id, job_id } = of("J2");
    engine.step(&of("J2"), Step::Arrive).unwrap();
    assert_eq!(code(engine.take_cash(&TakeCash { run_id, job_id, ..take(1, "") })), "cash_not_due");
}

#[test]
fn a_pin_is_tried_five_times_even_over_a_kill_and_is_in_no_fact() {
    let (dir, mut engine, _) =
        at_door(|spec| spec.delivery_pin = DeliveryPin::new("4711", [3; 16]));
    let OfJob { run_id, job_id } = of("J1");
    let check = |pin: &str| CheckPin {
        run_id: run_id.clone(),
        job_id: job_id.clone(),
        pin: pin.to_owned(),
    };
    let waive = |reason: &str| WaivePin {
        run_id: run_id.clone(),
        job_id: job_id.clone(),
        reason: reason.to_owned(),
    };
    assert_eq!(code(engine.check_pin(&check("12"))), "fields_invalid", "this was no try");
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(code(engine.waive_pin(&waive("id_seen"))), "pin_tries_left");
        let answer = engine.check_pin(&check("9999")).unwrap();
        assert_eq!((answer.is_right, answer.tries_left), (false, left));
    }
    assert_eq!(code(engine.check_pin(&check("4711"))), "pin_tries_spent");
    engine.waive_pin(&waive("id_seen")).unwrap();
    assert!(view(&engine, "J1").pin_check.unwrap().is_waived);
    let told = engine.store.own_facts().unwrap();
    assert!(told.len() >= 7 && !told.iter().any(|fact| contains(&fact.bytes, b"9999")));
    drop(engine);
    let engine = open(&dir);
    let state = engine.state(&run_id, &job_id).unwrap();
    assert_eq!(state.door.pin_wrong, 5, "a kill gives no new tries");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn an_age_is_a_yes_or_a_no_and_the_last_answer_stands() {
    let (_dir, mut engine, _) = at_door(|spec| {
        spec.terms = Some(Terms { minimum_age: Some(18), ..Terms::default() });
    });
    let OfJob { run_id, job_id } = of("J1");
    for is_old_enough in [false, true, false, true] {
        let (run_id, job_id) = (run_id.clone(), job_id.clone());
        engine.check_age(&CheckAge { run_id, job_id, is_old_enough }).unwrap();
        let shown = view(&engine, "J1").age_check.unwrap();
        assert_eq!((shown.minimum, shown.is_old_enough), (18, Some(is_old_enough)));
    }
    engine.step(&of("J2"), Step::Arrive).unwrap();
    let OfJob { run_id, job_id } = of("J2");
    let unasked = CheckAge { run_id, job_id, is_old_enough: true };
    assert_eq!(code(engine.check_age(&unasked)), "age_not_asked");
}

fn shot(brightness: u8) -> NewPhoto {
    let plane = image::RgbImage::from_fn(200, 150, |x, y| {
        let ink = if (x / 4 + y / 7) % 2 == 0 { brightness } else { brightness / 8 };
        image::Rgb([if x > 90 { ink } else { brightness / 2 }; 3])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    plane.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    NewPhoto { photo: develop(bytes.get_ref()).unwrap(), ..photo("J1") }
}

#[test]
fn advice_keeps_no_photo_from_being_kept_and_a_retake_stands_in_for_it() {
    let (_dir, mut engine, _) = at_door(|_| {});
    let good = engine.add_photo(&shot(240), None).unwrap();
    assert_eq!(good.advice, []);
    let again = engine.add_photo(&shot(230), None).unwrap();
    assert_eq!(again.advice, [PhotoAdvice::LikeBefore]);
    let dark = engine.add_photo(&shot(30), Some(&again.fact_id)).unwrap();
    assert_eq!(dark.advice, [PhotoAdvice::TooDark], "a retake is meant to show the same");
    let kept: Vec<_> = view(&engine, "J1").photos.into_iter().map(|each| each.fact_id).collect();
    assert_eq!(kept, [good.fact_id, dark.fact_id]);
    let nothing = engine.add_photo(&shot(240), Some(&again.fact_id));
    assert_eq!(code(nothing), "nothing_to_undo");
    assert_eq!(view(&engine, "J1").photos.len(), 2, "and nothing was kept");
}
