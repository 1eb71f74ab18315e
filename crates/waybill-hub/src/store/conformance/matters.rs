//! Matters and the queue: what follows from facts, and what somebody said to it.

use waybill_core::case::{RaisedCase, Trigger};
use waybill_core::day::Matter;
use waybill_core::id::{FactId, PersonId};
use waybill_core::time::Timestamp;

use super::verbs::{AT, DEVICE, EPOCH, fact, fault, head, person, seeded};
use super::{Ground, counted};
use crate::error::HubError;
use crate::store::{Fault, FreshFact, MatterRow, Store, Tx, values};
use crate::testing::{job_id, run_id};

fn id(seq: u64) -> FactId {
    FactId { device: DEVICE, epoch: EPOCH, seq }
}

fn row(seq: u64, text: &str) -> MatterRow {
    MatterRow {
        fact_id: id(seq),
        run_id: run_id(),
        job_id: (seq == 2).then(job_id),
        matter: Matter::Message,
        text: text.to_owned(),
        opened_at: AT,
        due_at: AT.plus_ms(i64::try_from(seq).unwrap()),
    }
}

/// A store with two matters that are open.
fn opened(ground: &impl Ground) -> Store {
    let store = seeded(ground);
    let run_id = run_id();
    store
        .write(|tx| {
            let of_run = |fact| FreshFact { run_id: Some(&run_id), kind: "messaged", ..fact };
            tx.add_facts([fact(1, b"one", Some(1)), fact(2, b"two", Some(2))].map(of_run), AT)?;
            tx.put_matter(&row(1, "one"))?;
            tx.put_matter(&row(2, "two"))
        })
        .unwrap();
    store
}

pub(in crate::store) fn what_was_closed_stays_closed_when_its_fact_is_heard_again(
    ground: &impl Ground,
) {
    let store = opened(ground);
    store
        .write(|tx| {
            assert!(tx.close_matter(id(1), ("disa", "called"), AT)?);
            assert!(!tx.close_matter(id(1), ("ada", "again"), AT)?, "it was closed twice");
            tx.put_matter(&row(1, "one, mended"))?;
            let kept = tx.list_matters(&run_id())?;
            let told: Vec<_> = kept.iter().map(|kept| (&kept.row, kept.bytes.as_slice())).collect();
            let (first, second) = (row(1, "one, mended"), row(2, "two"));
            assert_eq!(told, [(&first, &b"one"[..]), (&second, b"two")]);
            let closing = kept[0].closing.clone().unwrap();
            assert_eq!(
                (closing.at, closing.by, closing.note),
                (AT, "disa".into(), "called".into())
            );
            assert_eq!(kept[1].closing, None);
            let facts = tx.list_matter_facts(&run_id())?;
            assert_eq!(facts, [(id(1), b"one".to_vec(), AT), (id(2), b"two".to_vec(), AT)]);
            Ok::<_, HubError>(())
        })
        .unwrap();
    let of_no_fact = store.write(|tx| tx.put_matter(&row(3, "three")));
    assert_eq!(fault(of_no_fact), Some(Fault::Foreign), "a matter of no fact");
}

pub(in crate::store) fn only_an_open_matter_is_taken_away(ground: &impl Ground) {
    let store = opened(ground);
    store
        .write(|tx| {
            assert!(tx.close_matter(id(1), ("disa", "called"), AT)?);
            tx.drop_matter(id(1))?;
            tx.drop_matter(id(2))?;
            let kept = tx.list_matters(&run_id())?;
            let ids: Vec<_> = kept.iter().map(|kept| kept.row.fact_id).collect();
            assert_eq!(ids, [id(1)]);
            assert_eq!(counted(tx, "SELECT COUNT(*) FROM matters", values![])?, 1);
            Ok::<_, HubError>(())
        })
        .unwrap();
}

pub(in crate::store) fn what_is_open_is_listed_within_depots(ground: &impl Ground) {
    let store = opened(ground);
    let trigger = Trigger::ALL[0];
    let (severity, owner) = (trigger.severity(), trigger.owner());
    let case = RaisedCase { trigger, severity, owner, raised_at: AT, due_at: Timestamp(5) };
    store
        .write(|tx| {
            tx.put_run(&head(&"R2".parse().unwrap(), "york"), b"document", &[])?;
            tx.put_person(&person("yves", "york"), None, None)?;
            tx.open_case(&run_id(), &job_id(), &case)?;
            let open = |tx: &Tx<'_>, by: Option<&str>| {
                let by: Option<PersonId> = by.map(|id| id.parse().unwrap());
                let matters = tx.list_open_matters(by.as_ref())?;
                let matters: Vec<_> = matters.iter().map(|kept| kept.row.fact_id.seq).collect();
                Ok::<_, HubError>((matters, tx.list_open_cases(by.as_ref())?))
            };
            let (matters, cases) = open(tx, None)?;
            assert_eq!(matters, [1, 2]);
            let told: Vec<_> = cases.iter().map(|row| (&row.job_id, row.due_at)).collect();
            assert_eq!(told, [(&job_id(), Timestamp(5))]);
            assert_eq!((cases[0].trigger, cases[0].opened_at), (trigger, AT));
            assert_eq!(open(tx, Some("dora"))?, (vec![1, 2], cases));
            assert_eq!(open(tx, Some("yves"))?, (vec![], vec![]), "another depot's");
            assert!(tx.close_matter(id(2), ("disa", "called"), AT)?);
            assert_eq!(open(tx, None)?.0, [1]);
            let [.., open_cases, open_matters] = tx.count_states(&run_id())?;
            assert_eq!((open_cases, open_matters), (1, 1));
            Ok::<_, HubError>(())
        })
        .unwrap();
}
