// Written by `cargo xtask bindings` from the hub's views. Do not edit.

/**
 * How far a job that the crew added is agreed to.
 */
export type Added = "proposed" | "confirmed";

/**
 * Where to go.
 */
export type Address = { line1: string, line2: string, city: string, postcode: string, country: string, at: LatLon | null, };

/**
 * `POST /v1/backup`
 */
export type BackupTaken = { 
/**
 * The folder, in the folder of backups.
 */
name: string, manifest: Manifest, };

/**
 * Evidence that a fact names and that is not here.
 */
export type BlobGap = { hash: string, fact_id: string, run_id: string | null, job_id: string | null, 
/**
 * The store had it, and its file is gone or cut short.
 */
is_file_lost: boolean, };

/**
 * How money was given.
 */
export type CashMethod = "cash" | "card" | "other";

/**
 * What was taken of what was due, in the smallest unit of the currency.
 */
export type CashSum = { due_minor: number, taken_minor: number, currency: string, };

/**
 * What was found at one point of the vehicle.
 */
export type CheckAnswer = { 
/**
 * A point of the policy, by its stable word.
 */
point: string, is_good: boolean, 
/**
 * What is wrong with it; empty where nothing is.
 */
note: string, };

/**
 * `POST /v1/devices/{device_id}/incidents/close`
 */
export type CloseIncident = { incident: Incident, about: string, };

/**
 * `POST /v1/runs/{run_id}/matters/close`
 */
export type CloseMatter = { fact_id: string, 
/**
 * What was done about it, in up to 2,000 bytes.
 */
note: string, };

/**
 * Whom to call.
 */
export type Contact = { name: string, phone: string, email: string, };

/**
 * Whose job it is.
 */
export type Customer = { name: string, reference: string, };

/**
 * One of the company's sites.
 */
export type DepotId = string;

/**
 * A device whose journal may have more than is here.
 */
export type DeviceGap = { device_id: string, name: string, last_contact_ms: Timestamp | null, 
/**
 * It has not spoken since the restore: what it holds is not known yet.
 */
is_silent: boolean, 
/**
 * Epochs of which something else names more than is here.
 */
epochs: Array<EpochGap>, };

/**
 * An enrolled phone.
 */
export type DeviceView = { device_id: string, name: string, person: PersonView, enrolled_at_ms: Timestamp, last_contact_ms: Timestamp | null, revoked_at_ms: Timestamp | null, 
/**
 * What is wrong with it, the one that is due first at the head.
 */
incidents: Array<OfficeIncident>, };

/**
 * `GET /v1/devices`
 */
export type DevicesView = { devices: Array<DeviceView>, };

/**
 * An epoch of a journal that is known to go on.
 */
export type EpochGap = { epoch: string, 
/**
 * Facts are here up to this number.
 */
held_seq: number, 
/**
 * A later epoch or another fact names this one.
 */
named_seq: number, };

/**
 * One entry of the feed. An entry never changes; a later one may supersede it.
 */
export type FeedEntry = { 
/**
 * The life of the store that gave out the number; numbers are counted on over a restore.
 */
store_epoch: number, seq: number, run_id: RunId, job_id: JobId, order: string, customer: Customer, 
/**
 * 1 for the first entry of a job, then counting.
 */
revision: number, 
/**
 * The entry that this one replaces.
 */
supersedes: number | null, verdict: ReadinessVerdict, reasons: Array<ReadinessReason>, 
/**
 * When the outcome happened, by the device's clock.
 */
act_at_ms: Timestamp | null, 
/**
 * How long the driver had been at the site by then, where it is known. No invoice is corrected because
 * of it alone: it is no part of `content`.
 */
waited_ms?: number, published_at_ms: Timestamp, lines: Array<LineOutcome>, cash_due: Money | null, 
/**
 * What was taken at the door.
 */
payments?: Array<Payment>, 
/**
 * SHA-256 of every piece of evidence.
 */
proof: Array<string>, 
/**
 * The facts that the verdict rests on.
 */
facts: Array<string>, 
/**
 * A hash over what an invoice depends on. With run and job it names what is billed: what comes
 * again after a restore has the same.
 */
content: string, };

/**
 * Where a reader of the feed goes on: which life of the store, and after which of its entries.
 */
export type FeedMark = { store_epoch: number, after: number, };

/**
 * `GET /v1/feed?after=0&limit=100&store_epoch=1`
 */
export type FeedView = { entries: Array<FeedEntry>, 
/**
 * Ask for what comes after this.
 */
next: number, has_more: boolean, complete_through_ms: Timestamp, 
/**
 * Say this with the next question: a reader whom a restore has left ahead is told so.
 */
store_epoch: number, };

/**
 * A position with accuracy, age and provenance.
 */
export type Fix = { at: LatLon, 
/**
 * The true place is within this radius two times out of three.
 */
accuracy_m: number, 
/**
 * How old the measurement was when the fact was recorded.
 */
age_ms: number, provider: Provider, 
/**
 * The system said that the position was not measured but made up.
 */
is_mock: boolean, };

/**
 * `GET /v1/gaps`: what this store knows of and does not hold.
 */
export type GapsView = { store_epoch: number, 
/**
 * When this life of the store began with a restore, if it did.
 */
restored_at_ms: Timestamp | null, backed_up_to_ms: Timestamp | null, devices: Array<DeviceGap>, blobs: Array<BlobGap>, };

/**
 * What went wrong behind the deliveries.
 */
export type Incident = "journal_forked" | "tail_refused" | "facts_quarantined" | "facts_parked" | "quota_reached";

/**
 * `POST /v1/enrolments`
 */
export type Invite = { person_id: PersonId, depot_id: DepotId, };

/**
 * The answer to `POST /v1/enrolments`: good once, for a short time.
 */
export type InviteView = { 
/**
 * What the QR code says.
 */
link: string, 
/**
 * The QR code as an SVG document.
 */
qr_svg: string, expires_at_ms: Timestamp, };

/**
 * One line of goods.
 */
export type Item = { item_id: ItemId, sku: string, text: string, quantity: number, unit: string, 
/**
 * What a scanner reads on it.
 */
code: string, weight_g: number, };

/**
 * One line of goods within a job.
 */
export type ItemId = string;

/**
 * One piece of work at one place for one customer.
 */
export type JobId = string;

/**
 * What is to be done at the door.
 */
export type JobKind = "deliver" | "collect" | "swap";

/**
 * `GET /v1/runs/{run_id}/jobs/{job_id}`
 */
export type JobPage = { run_id: RunId, job_id: JobId, zone: string, order: string, kind: JobKind, customer: Customer, contact: Contact, address: Address, window: Window | null, note: string, 
/**
 * What is to be known about the site, as office and crew keep it.
 */
site_note: string, 
/**
 * Where the crew says that the entrance is.
 */
pin: Pin | null, 
/**
 * Only of a job that the crew added.
 */
added: Added | null, standing: JobStanding, status: Status, cash_due: Money | null, items: Array<Item>, lines: Array<LineOutcome>, 
/**
 * What was counted back into the depot, line by line; empty where nobody has counted.
 */
back: Array<OfficeBack>, 
/**
 * How long the driver had been at the site when the visit ended, where it is known.
 */
waited_ms: number | null, proof: Array<OfficeProof>, photos: Array<OfficePhoto>, signatures: Array<OfficeSignature>, facts: Array<OfficeFact>, readiness: Readiness, cases: Array<OfficeCase>, 
/**
 * Messages about the job.
 */
matters: Array<OfficeMatter>, feed: Array<FeedEntry>, };

/**
 * The part of a job that only the office writes, and writes whole.
 *
 * It is one value in the plan document: goods and address change together or not at all, and a
 * hundred jobs cost their text and little more.
 */
export type JobSpec = { kind: JobKind, 
/**
 * The order's number in the office's own system.
 */
order: string, customer: Customer, contact: Contact, address: Address, items: Array<Item>, 
/**
 * What this job needs beyond or below the policy's default.
 */
proof: ProofRule | null, cash_due: Money | null, 
/**
 * What decides how much proof is asked for, where the job does not say it itself.
 */
terms: Terms | null, };

/**
 * What the office has decided about a job while it is out.
 */
export type JobStanding = "planned" | "cancelled" | "moved";

/**
 * A point on the map in millionths of a degree (about 11 cm).
 */
export type LatLon = { lat_e6: number, lon_e6: number, };

/**
 * What became of one line of goods. The sum of the parts is what was ordered.
 */
export type LineOutcome = { item_id: ItemId, delivered: number, refused: number, damaged: number, missing: number, 
/**
 * Something else was handed over in their place.
 */
substituted?: number, 
/**
 * Why, in the driver's words.
 */
why?: string, };

/**
 * What a backup is, as `manifest.json` in it says.
 */
export type Manifest = { 
/**
 * The version of the backup's shape.
 */
version: number, store_id: string, store_epoch: number, company: string, 
/**
 * What the hub received before this moment is in the backup.
 */
taken_at_ms: Timestamp, 
/**
 * The newest entry of the feed.
 */
feed_seq: number, runs: number, facts: number, blobs: number, blob_bytes: number, 
/**
 * The SHA-256 of `hub.db`. A blob is named by its own.
 */
db_sha256: string, db_bytes: number, 
/**
 * Blobs that the store names and whose bytes were not there. With any, nothing counts as backed up.
 */
blobs_missing: Array<string>, };

/**
 * What one fact of a run asks the office to look at.
 */
export type Matter = "vehicle_defect" | "message" | "departed_anyway" | "cash_handed_in";

/**
 * Who closed a matter, when, and in which words.
 */
export type MatterClosing = { at_ms: Timestamp, by: string, note: string, };

/**
 * Money in the smallest unit of its currency.
 */
export type Money = { minor: number, 
/**
 * ISO 4217, as `GBP`.
 */
currency: string, };

/**
 * How much a kind of proof is wanted.
 */
export type Need = "off" | "optional" | "warn" | "required";

/**
 * Why there is no signature where one was asked for.
 */
export type NotSignedWhy = "refused" | "unable";

/**
 * What came back to the depot of one line, once somebody has counted it.
 */
export type OfficeBack = { item_id: ItemId, counted: number, 
/**
 * What had to come back.
 */
expected: number, };

/**
 * Somebody rested.
 */
export type OfficeBreak = { fact_id: string, at_ms: Timestamp, by: PersonView, 
/**
 * How long it lasted; `None` while it lasts.
 */
lasted_ms: number | null, };

/**
 * A case that the job's state raises.
 */
export type OfficeCase = { trigger: Trigger, owner: Role, due_at_ms: Timestamp, };

/**
 * Somebody looked the vehicle over.
 */
export type OfficeCheck = { fact_id: string, at_ms: Timestamp, by: PersonView, answers: Array<CheckAnswer>, odometer_km: number | null, };

/**
 * A run's day: what was said of it and still counts.
 */
export type OfficeDay = { checks: Array<OfficeCheck>, departures: Array<OfficeDeparture>, breaks: Array<OfficeBreak>, debriefs: Array<OfficeDebrief>, };

/**
 * The day was settled.
 */
export type OfficeDebrief = { fact_id: string, at_ms: Timestamp, by: PersonView, 
/**
 * Who signed, and as what.
 */
name: string, role: Role, expected: Array<Money>, counted: Array<Money>, 
/**
 * How many units were still aboard.
 */
units_aboard: number, note: string, };

/**
 * The vehicle left the depot.
 */
export type OfficeDeparture = { fact_id: string, at_ms: Timestamp, by: PersonView, 
/**
 * What the gate found wanting, by its words.
 */
lacks: Array<string>, 
/**
 * Why it left all the same.
 */
reason: string, };

/**
 * A fact in the job's history: what was claimed, and when the hub got it.
 */
export type OfficeFact = { fact_id: string, kind: string, person: PersonView, device_name: string, 
/**
 * By the device's clock.
 */
at_ms: Timestamp, 
/**
 * By the hub's clock.
 */
received_at_ms: Timestamp, fix: Fix | null, presence: Presence, 
/**
 * Words of the fact: a failure's reason, a note, the code for which a plan change was refused.
 */
text: string, 
/**
 * The money that it is about.
 */
sum: Money | null, 
/**
 * What a plan change that was refused was meant to do.
 */
wishes: Array<OfficeWish>, is_undone: boolean, is_irregular: boolean, };

/**
 * Something that is wrong with a phone rather than with a delivery.
 */
export type OfficeIncident = { incident: Incident, about: string, owner: Role, severity: Severity, opened_at_ms: Timestamp, due_at_ms: Timestamp, };

/**
 * A job in the run's table, in the order in which it is to be done.
 */
export type OfficeJobRow = { job_id: JobId, order: string, kind: JobKind, customer: string, city: string, window: Window | null, standing: JobStanding, status: Status, outcome_at_ms: Timestamp | null, readiness: Readiness, cases: Array<Trigger>, has_note: boolean, 
/**
 * Only of a job that the crew added.
 */
added: Added | null, };

/**
 * What one fact of a run asks the office to look at.
 */
export type OfficeMatter = { 
/**
 * The fact that raised it.
 */
fact_id: string, job_id: JobId | null, matter: Matter, owner: Role, severity: Severity, 
/**
 * What it is about: words of the crew's, and stable words that screens have texts for.
 */
text: string, 
/**
 * Where other money was handed in than was taken: what should have been there, and what was.
 */
expected: Array<Money>, counted: Array<Money>, by: PersonView, device_name: string, 
/**
 * By the device's clock.
 */
at_ms: Timestamp, opened_at_ms: Timestamp, due_at_ms: Timestamp, 
/**
 * It is open, and the reader is somebody who owns it.
 */
may_close: boolean, closing: MatterClosing | null, };

/**
 * A photo; its bytes are at `/v1/runs/{run_id}/jobs/{job_id}/blobs/{blob}` once held.
 */
export type OfficePhoto = { fact_id: string, blob: string, category: PhotoCategory, at_ms: Timestamp, width: number, height: number, is_held: boolean, is_undone: boolean, };

/**
 * One kind of proof: how much it is wanted and whether it is there.
 */
export type OfficeProof = { proof: ProofKind, need: Need, has: boolean, };

/**
 * A signature; its strokes are at the same place as a photo's bytes, as JSON.
 */
export type OfficeSignature = { fact_id: string, blob: string, name: string, role: SignerRole, at_ms: Timestamp, is_held: boolean, is_undone: boolean, };

/**
 * One thing that a crew wanted.
 */
export type OfficeWish = { "wish": "behind", job_id: JobId | null, } | { "wish": "site_note", text: string, } | { "wish": "pin", pin: Pin, } | { "wish": "job", kind: JobKind, customer: string, address_line: string, city: string, goods: Array<string>, };

/**
 * `PATCH /v1/runs/{run_id}/jobs/{job_id}`: what the office changes while a job is out.
 */
export type PatchJob = { window?: Window, note?: string, standing?: JobStanding, 
/**
 * What is to be known about the site.
 */
site_note?: string, 
/**
 * The address is where the crew says that the entrance is.
 */
takes_pin?: boolean, 
/**
 * The office agrees to a job that the crew added.
 */
confirms?: boolean, };

/**
 * One payment.
 */
export type Payment = { sum: Money, method: CashMethod, 
/**
 * Why something stayed open after it; empty where nothing did.
 */
reason: string, };

/**
 * `GET /v1/people`
 */
export type PeopleView = { people: Array<PersonView>, };

/**
 * Somebody who signs in or drives.
 */
export type PersonId = string;

/**
 * Somebody of the company.
 */
export type PersonView = { person_id: PersonId, name: string, role: Role, 
/**
 * The depots whose work they may see; an empty list is none.
 */
depots: Array<DepotId>, };

/**
 * What a photo shows.
 */
export type PhotoCategory = "goods" | "place" | "damage" | "document" | "label";

/**
 * Where the crew says that the entrance is. The address stays until the office takes it over.
 */
export type Pin = { at: LatLon, 
/**
 * The true place is within this radius two times out of three.
 */
accuracy_m: number, };

/**
 * Whether a fact happened at the site. It informs; it never forbids.
 */
export type Presence = "inside" | "likely" | "outside" | "unknown";

/**
 * An error, as `application/problem+json` (RFC 9457).
 */
export type Problem = { type: string, title: string, status: number, 
/**
 * Stable; everything else may be reworded.
 */
code: string, faults: Array<ProblemFault>, 
/**
 * Where a reader of the feed goes on who read what a restore has lost.
 */
feed?: FeedMark, };

/**
 * One field that is wrong.
 */
export type ProblemFault = { field: string, code: string, };

/**
 * A kind of proof.
 */
export type ProofKind = "signature" | "photo" | "scan" | "name" | "pin" | "age";

/**
 * Which proof a delivery needs.
 */
export type ProofRule = { signature: Need, photo: Need, scan: Need, 
/**
 * The name of whoever took the goods.
 */
name: Need, 
/**
 * How old whoever takes the goods must be; not asked where there is none.
 */
minimum_age?: number, };

/**
 * Who measured a position.
 */
export type Provider = "gps" | "network" | "set";

/**
 * A job in `PutRun`.
 */
export type PutJob = { job_id: JobId, window: Window | null, note: string, 
/**
 * What the customer says at the door, 4 to 8 digits. Only a hash of it is kept.
 */
pin?: string, spec: JobSpec, };

/**
 * `PUT /v1/people/{person_id}`
 */
export type PutPerson = { name: string, role: Role, depots: Array<DepotId>, 
/**
 * Needed to sign in at the office; drivers and loaders need none.
 */
login: string | null, password: string | null, };

/**
 * `PUT /v1/runs/{run_id}`: a run as the office's own system has it.
 *
 * Repeating it changes nothing, even if the office has moved a window since. A job that is not
 * named stays as it is: nothing is cancelled by leaving it out.
 */
export type PutRun = { depot_id: DepotId, day: string, zone: string, vehicle: string, driver_id: PersonId, jobs: Array<PutJob>, };

/**
 * The answer to `PUT /v1/runs/{run_id}`.
 */
export type PutRunAnswer = { run_id: RunId, 
/**
 * Whether anything is different from before.
 */
is_changed: boolean, jobs: number, };

/**
 * One thing to look at, of a run or of one of its jobs.
 */
export type QueueEntry = { run_id: RunId, vehicle: string, zone: string, job: QueueJob | null, owner: Role, severity: Severity, opened_at_ms: Timestamp, due_at_ms: Timestamp, thing: QueueThing, };

/**
 * The job that an entry is about.
 */
export type QueueJob = { job_id: JobId, order: string, customer: string, };

/**
 * What there is to look at.
 */
export type QueueThing = { "thing": "case", trigger: Trigger, } | { "thing": "matter", matter: OfficeMatter, };

/**
 * `GET /v1/queue`: everything that somebody has to look at, in the order in which it is to be done: what
 * the reader's own role owns, what matters most, what is due first.
 */
export type QueueView = { entries: Array<QueueEntry>, 
/**
 * There is more than is shown; it comes up as what is shown is dealt with.
 */
has_more: boolean, complete_through_ms: Timestamp, };

/**
 * The verdict.
 */
export type Readiness = { verdict: ReadinessVerdict, 
/**
 * Why it is blocked, or what is different; empty when simply ready.
 */
reasons: Array<ReadinessReason>, };

/**
 * One reason, with a stable code and what it is about.
 */
export type ReadinessReason = { "code": "not_done" } | { "code": "failed" } | { "code": "two_outcomes" } | { "code": "delivered_after_cancel" } | { "code": "proof_missing", proof: ProofKind, } | { "code": "proof_on_its_way", count: number, } | { "code": "refused", count: number, } | { "code": "damaged", count: number, } | { "code": "missing", count: number, } | { "code": "substituted", count: number, } | { "code": "not_signed", why: NotSignedWhy, } | { "code": "not_confirmed" } | { "code": "cash_short", sum: CashSum, } | { "code": "cash_over", sum: CashSum, } | { "code": "pin_waived" };

/**
 * May finance bill?
 */
export type ReadinessVerdict = "ready" | "ready_with_difference" | "blocked";

/**
 * What somebody is to the company.
 */
export type Role = "driver" | "loader" | "dispatcher" | "finance" | "admin";

/**
 * One vehicle's working day.
 */
export type RunId = string;

/**
 * `GET /v1/runs/{run_id}`
 */
export type RunPage = { run: RunSummary, jobs: Array<OfficeJobRow>, 
/**
 * Every fact that is about the run and none of its jobs.
 */
facts: Array<OfficeFact>, 
/**
 * What they say of the day.
 */
day: OfficeDay, 
/**
 * What the office was asked to look at, open and closed.
 */
matters: Array<OfficeMatter>, };

/**
 * A run in the list.
 */
export type RunSummary = { run_id: RunId, depot_id: DepotId, day: string, zone: string, vehicle: string, driver: PersonView, jobs: number, jobs_done: number, jobs_failed: number, jobs_ready: number, 
/**
 * Open cases of its jobs.
 */
cases: number, 
/**
 * Open matters of the run.
 */
matters: number, 
/**
 * When a phone with this run last spoke to the hub.
 */
last_contact_ms: Timestamp | null, };

/**
 * `GET /v1/runs?day=2026-11-20`
 */
export type RunsView = { runs: Array<RunSummary>, 
/**
 * Days that have runs, newest first.
 */
days: Array<string>, complete_through_ms: Timestamp, };

/**
 * `POST /v1/session`, `GET /v1/session`
 */
export type SessionView = { person: PersonView, company: string, 
/**
 * For programs; a browser has it as a cookie. Only in the answer to a sign-in.
 */
token: string | null, };

/**
 * How much a case matters.
 */
export type Severity = "low" | "normal" | "high";

/**
 * `POST /v1/session`
 */
export type SignIn = { login: string, password: string, };

/**
 * Who signed.
 */
export type SignerRole = "recipient" | "employee" | "neighbour" | "other";

/**
 * Where a job stands.
 */
export type Status = "planned" | "loaded" | "on_the_way" | "arrived" | "failed" | "delivered_in_part" | "delivered" | "returned";

/**
 * What decides how much proof is asked for.
 */
export type Terms = { 
/**
 * A word of the company's own, as `medicine`.
 */
goods_class: string, 
/**
 * What the goods are worth together.
 */
value: Money | null, 
/**
 * How old whoever takes the goods must be.
 */
minimum_age?: number, };

/**
 * UTC, in milliseconds since 1970.
 */
export type Timestamp = number;

/**
 * What opens a case.
 */
export type Trigger = "failed" | "two_outcomes" | "delivered_after_cancel" | "difference_to_plan" | "plan_conflict" | "proof_missing" | "over_or_short" | "late_outcome" | "job_added" | "evidence_missing" | "cash_difference" | "back_otherwise";

/**
 * When a customer expects the job: from and to, both included.
 */
export type Window = { from_ms: Timestamp, to_ms: Timestamp, };
