//! Every limit of the conversation, in one place. What happens at each is said beside it.

/// The largest sync body on the wire. A larger one is refused unread: `body_too_large`.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// The largest sync message once inflated. Inflating stops there: `body_too_large`.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most facts in one request, all tails together. A phone sends the oldest and says the rest when it
/// has a receipt; a request with more is refused: `body_too_large`.
pub const FACTS_MAX: usize = 1_000;

/// The most bytes of facts in one request, so that a slow link makes progress.
pub const FACTS_BYTES_MAX: usize = 192 * 1024;

/// The most bytes of facts that are unpacked of one message, all tails together: twice what an honest
/// phone sends. Unpacking stops there: `body_too_large`.
pub const TAIL_BYTES_MAX: usize = 512 * 1024;

/// The most facts of one device that a hub keeps though they break a rule. A tail that would bring more is
/// refused whole and stays on the device: `quota_reached`.
pub const QUARANTINED_MAX: usize = 2_000;

/// The most facts of one device that a hub keeps though it does not know their run or job. A tail that
/// would bring more is refused whole and stays on the device: `quota_reached`.
pub const PARKED_MAX: usize = 5_000;

/// The most policies in one answer beside the one in force. What names an older one is judged by the one in
/// force on a phone that was away for longer; the hub's word stands.
pub const POLICIES_MAX: usize = 16;

/// The most epochs of a journal in one request. A message with more is refused: `body_too_large`.
pub const TAILS_MAX: usize = 64;

/// The most runs a phone may hold.
pub const RUNS_MAX: usize = 64;

/// The most blobs offered in one request; the rest follows in the next.
pub const BLOBS_MAX: usize = 500;

/// The most facts of other phones in one answer; the rest follows, and `more` says so.
pub const NEWS_MAX: usize = 1_000;

/// The most bytes of plan changes in one request, all runs together. The rest follows in the next.
pub const PLAN_BYTES_MAX: usize = 128 * 1024;

/// Of these, the most of one run: twice the largest change, so that each round makes progress.
pub const PLAN_RUN_BYTES_MAX: usize = 32 * 1024;

/// The largest piece of evidence. A phone shrinks a photo below it; a hub refuses more: `blob_too_large`.
pub const BLOB_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The largest refused body that a hub keeps for somebody to look at; of a larger one, the head.
pub const QUARANTINE_BYTES_MAX: usize = 256 * 1024;

/// The largest bundle. A hub refuses to make a larger one, and nobody reads one: `body_too_large`.
pub const BUNDLE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// The most heads of one plan that a phone may name: as many sides as may write at the same time.
pub const HEADS_MAX: usize = 64;
