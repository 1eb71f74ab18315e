//! What a screen may ask for, and what it gets.
//!
//! The table of commands below is the only list. Dispatch and the TypeScript bindings are made from
//! it, so a command cannot exist in one of them alone.

pub mod bindings;
pub mod command;
pub mod day;
pub mod dock;
pub mod door;
pub mod view;

use serde_json::Value;
use waybill_core::readiness::Readiness;
use waybill_core::status::Step;
use waybill_sync::code::Code;

use crate::engine::Engine;
use crate::problem::Problem;
use command::{
    AddJob, AddPhoto, Arrive, ChooseCode, Count, Deliver, Enrol, Fail, HandOver, MoveJob, NotSign,
    Note, Nothing, OfJob, OfRun, Reattempt, SaveDraft, Scan, Sign, TakeBack, Undo, WriteSiteNote,
};
use day::{CheckIn, CheckVehicle, DayView, Debrief, LedgerView, Message, SignIn};
use dock::{Depart, Differ, LoadView, PutByHand, ScanAboard, ScanView, SealLoad, UndoOfRun};
use door::{CheckAge, CheckPin, PhotoSaved, PinAnswer, TakeCash, TryContact, WaivePin};
use view::{AddedJob, Done, JobView, RescueView, RunView, Saved, StartView, TrustView};

/// Lists every command once: those that the engine answers by itself, and those for which a host has
/// to go to the hub or develop a photo first.
macro_rules! commands {
    (
        engine { $($name:ident($args:ty) -> $answer:ty = $run:expr;)* }
        host { $($host_name:ident($host_args:ty) -> $host_answer:ty;)* }
    ) => {
        /// Answers a command that needs nothing but the engine; `None` if it is not one of those.
        pub fn dispatch(
            engine: &mut Engine,
            command: &str,
            args: &Value,
        ) -> Option<Result<Value, Problem>> {
            if let Some(code) = engine.holds_back(command, args) {
                return Some(Err(code.into()));
            }
            match command {
                $(stringify!($name) => Some(read::<$args>(args).and_then(|args| {
                    let run: fn(&mut Engine, &$args) -> Result<$answer, Problem> = $run;
                    write(&run(engine, &args)?)
                })),)*
                _ => None,
            }
        }

        /// Every command with its types, for the bindings.
        pub(crate) fn each_command(mut tell: impl FnMut(&'static str, bindings::Pair)) {
            $(tell(stringify!($name), bindings::Pair::of::<$args, $answer>());)*
            $(tell(stringify!($host_name), bindings::Pair::of::<$host_args, $host_answer>());)*
        }
    };
}

commands! {
    engine {
        start(Nothing) -> StartView = |engine, _| Ok(engine.start_view());
        run(OfRun) -> RunView = |engine, of| engine.run_view(&of.run_id);
        job(OfJob) -> JobView = |engine, of| engine.job_view(&of.run_id, &of.job_id);
        outlook(Deliver) -> Readiness = |engine, deliver| engine.outlook(deliver);
        trust(Nothing) -> TrustView = |engine, _| Ok(engine.trust_view());
        rescue(Nothing) -> RescueView = |engine, _| engine.rescue();
        load(OfJob) -> Saved = |engine, of| engine.step(of, Step::Load);
        set_out(OfJob) -> Saved = |engine, of| engine.step(of, Step::SetOut);
        arrive(Arrive) -> Saved = |engine, arrive| engine.arrive(arrive);
        return_goods(OfJob) -> Saved = |engine, of| engine.step(of, Step::Return);
        reattempt(Reattempt) -> Saved = |engine, again| engine.reattempt(again);
        count(Count) -> Saved = |engine, count| engine.count(count);
        hand_over(HandOver) -> Done = |engine, hand| engine.hand_over(hand);
        take_back(TakeBack) -> Done = |engine, back| engine.take_phone_back(back);
        choose_code(ChooseCode) -> Done = |engine, choose| engine.choose_code(choose);
        not_sign(NotSign) -> Saved = |engine, not| engine.not_sign(not);
        sign(Sign) -> Saved = |engine, sign| engine.sign(sign);
        deliver(Deliver) -> Saved = |engine, deliver| engine.deliver(deliver);
        scan(Scan) -> ScanView = |engine, scan| engine.scan_at_door(scan);
        dock(OfRun) -> LoadView = |engine, of| engine.load_view(&of.run_id);
        scan_aboard(ScanAboard) -> ScanView = |engine, scan| engine.scan_aboard(scan);
        put_by_hand(PutByHand) -> Saved = |engine, put| engine.put_by_hand(put);
        differ(Differ) -> Saved = |engine, differ| engine.differ(differ);
        seal_load(SealLoad) -> Saved = |engine, seal| engine.seal_load(seal);
        depart(Depart) -> Saved = |engine, depart| engine.depart(depart);
        undo_of_run(UndoOfRun) -> Saved = |engine, undo| engine.undo_of_run(undo);
        note(Note) -> Saved = |engine, note| engine.note(note);
        contact(TryContact) -> Saved = |engine, contact| engine.contact(contact);
        take_cash(TakeCash) -> Saved = |engine, take| engine.take_cash(take);
        check_pin(CheckPin) -> PinAnswer = |engine, check| engine.check_pin(check);
        waive_pin(WaivePin) -> Saved = |engine, waive| engine.waive_pin(waive);
        check_age(CheckAge) -> Saved = |engine, check| engine.check_age(check);
        fail(Fail) -> Saved = |engine, fail| engine.fail(fail);
        undo(Undo) -> Saved = |engine, undo| engine.undo(undo);
        day(OfRun) -> DayView = |engine, of| engine.day_view(&of.run_id);
        check_vehicle(CheckVehicle) -> Saved = |engine, check| engine.check_vehicle(check);
        message(Message) -> Saved = |engine, message| engine.message(message);
        begin_break(OfRun) -> Saved = |engine, of| engine.begin_break(of);
        end_break(OfRun) -> Saved = |engine, of| engine.end_break(of);
        see_change(OfJob) -> Saved = |engine, of| engine.see_change(of);
        check_in(CheckIn) -> Saved = |engine, back| engine.check_in(back);
        debrief(Debrief) -> Saved = |engine, debrief| engine.debrief(debrief);
        ledger(Nothing) -> LedgerView = |engine, _| Ok(engine.ledger_view());
        sign_out(Nothing) -> TrustView = |engine, _| engine.sign_out();
        sign_in(SignIn) -> Done = |engine, sign_in| engine.sign_in(sign_in);
        move_job(MoveJob) -> RunView = |engine, moved| {
            engine.move_job(moved)?;
            engine.run_view(&moved.run_id)
        };
        write_site_note(WriteSiteNote) -> Done = |engine, note| engine.write_site_note(note);
        propose_pin(OfJob) -> Done = |engine, of| engine.propose_pin(of);
        add_job(AddJob) -> AddedJob = |engine, add| engine.add_job(add);
        save_draft(SaveDraft) -> Done = |engine, save| engine.save_draft(save);
    }
    host {
        enrol(Enrol) -> StartView;
        add_photo(AddPhoto) -> PhotoSaved;
        sync_now(Nothing) -> TrustView;
    }
}

/// Says whether a command records nothing.
pub fn is_reading(command: &str) -> bool {
    matches!(
        command,
        "start" | "run" | "job" | "dock" | "day" | "ledger" | "outlook" | "trust" | "rescue"
    )
}

/// Reads a command's arguments.
pub(crate) fn read<T: serde::de::DeserializeOwned>(args: &Value) -> Result<T, Problem> {
    serde::Deserialize::deserialize(args).map_err(|error| Problem::with(Code::BodyMalformed, error))
}

/// Writes a command's answer.
pub(crate) fn write<T: serde::Serialize>(answer: &T) -> Result<Value, Problem> {
    serde_json::to_value(answer).map_err(|error| Problem::with(Code::StoreFailed, error))
}
