// Written from the Rust types by `cargo xtask bindings`. Do not edit.

export type AddJob = { run_id: RunId, kind: JobKind, 
/**
 * The job at whose place it came up: it is done right behind it, and what is left empty below is
 * as there.
 */
same_place_as: JobId | null, customer: string, address_line: string, city: string, items: Array<NewItem>, };
export type AddPhoto = { run_id: RunId, job_id: JobId, category: PhotoCategory, 
/**
 * The line of goods that it is of, where it is of one.
 */
item_id?: ItemId, 
/**
 * The name the host gave to the photo it took.
 */
shot: string, 
/**
 * The photo that it stands in for, which is taken back.
 */
instead_of?: string, };
export type Added = "proposed" | "confirmed";
export type AddedJob = { job_id: JobId, };
export type Address = { line1: string, line2: string, city: string, postcode: string, country: string, at: LatLon | null, };
export type AgeView = { minimum: number, 
/**
 * `None` while nobody looked.
 */
is_old_enough: boolean | null, };
export type Air = "unknown" | "online" | "offline";
export type Arrive = { run_id: RunId, job_id: JobId, 
/**
 * The other jobs of the same visit.
 */
together?: Array<JobId>, };
export type Ask = "contact_attempts" | "wait" | "photo";
export type AskView = { ask: Ask, need: Need, wanted: number, has: number, 
/**
 * From now until the next attempt counts, or until the wait is over.
 */
wait_ms: number, };
export type AttentionView = { fact_id: string, 
/**
 * What is known of it: nothing of a run that is not on this phone.
 */
run_id: RunId | null, job_id: JobId | null, kind: string | null, at: Timestamp | null, 
/**
 * By when the office should have looked at it.
 */
due: Timestamp | null, 
/**
 * `parked`: it waits and is judged again by itself; `quarantined`: somebody has to look.
 */
verdict: string, 
/**
 * Why, as a stable code.
 */
code: string, };
export type BackJob = { job_id: JobId, order: string, customer: string, lines: Array<BackLine>, };
export type BackLine = { item_id: ItemId, text: string, unit: string, expected: number, 
/**
 * What was counted, once somebody has.
 */
checked_in: number | null, };
export type BeforeView = { window: Window | null, address: Address, contact: Contact, items: Array<Item>, cash_due: Money | null, note: string, };
export type BreakView = { from: Timestamp, to: Timestamp | null, 
/**
 * How long it has lasted.
 */
ms: number, };
export type CashMethod = "cash" | "card" | "other";
export type CashSum = { due_minor: number, taken_minor: number, currency: string, };
export type CashView = { due: Money, taken_minor: number, taken: Array<TakenView>, };
export type ChangeView = { changes: Array<Changed>, 
/**
 * How it was, unless the job is new.
 */
before: BeforeView | null, };
export type Changed = "added" | "cancelled" | "moved" | "restored" | "window" | "address" | "contact" | "items" | "cash" | "proof" | "note" | "order";
export type Channel = "call" | "text";
export type CheckAge = { run_id: RunId, job_id: JobId, is_old_enough: boolean, };
export type CheckAnswer = { 
/**
 * A point of the policy, by its stable word.
 */
point: string, is_good: boolean, 
/**
 * What is wrong with it; empty where nothing is.
 */
note: string, };
export type CheckIn = { run_id: RunId, job_id: JobId, lines: Array<LineCount>, };
export type CheckPin = { run_id: RunId, job_id: JobId, pin: string, };
export type CheckVehicle = { run_id: RunId, 
/**
 * One for each point of the policy.
 */
answers: Array<CheckAnswer>, odometer_km?: number, };
export type CheckView = { fact_id: string, at: Timestamp, defects: Array<CheckAnswer>, odometer_km: number | null, safety: Safety, };
export type ChooseCode = { 
/**
 * Four to eight digits; empty for none.
 */
new: string, };
export type Companion = { job_id: JobId, 
/**
 * Only the lines that are not handed over whole.
 */
lines: Array<LineOutcome>, };
export type Consequence = "office_decides" | "hold_48h" | "retry_next_day" | "return_to_depot" | "none";
export type Contact = { name: string, phone: string, email: string, };
export type ContactOutcome = "no_answer" | "answered" | "unreachable" | "sent";
export type ContactView = { fact_id: string, at: Timestamp, channel: Channel, outcome: ContactOutcome, };
export type Count = { run_id: RunId, job_id: JobId, 
/**
 * Lines that are not named stay as they were counted before, or as ordered.
 */
lines: Array<LineCount>, };
export type CrewView = { company: string, depot_id: DepotId, person_id: PersonId, person_name: string, role: Role, device_id: string, device_name: string, hub_url: string, };
export type Customer = { name: string, reference: string, };
export type DayCashView = { currency: string, due_minor: number, taken_minor: number, 
/**
 * Of that, what is in the driver's pocket.
 */
in_cash_minor: number, };
export type DayView = { run_id: RunId, vehicle: string, day: string, zone: string, 
/**
 * The points at which the vehicle is looked at, by stable words.
 */
points: Array<string>, 
/**
 * The last look, if there was one.
 */
check: CheckView | null, breaks: Array<BreakView>, 
/**
 * The one that lasts.
 */
resting: BreakView | null, 
/**
 * What has to come home, job by job.
 */
back: Array<BackJob>, 
/**
 * Jobs that nobody has ended.
 */
jobs_open: number, 
/**
 * The money that should be there.
 */
cash: Array<Money>, 
/**
 * What two people sign for, as eight digits that they can compare.
 */
digest: string, debriefs: Array<DebriefView>, 
/**
 * Facts and evidence that are only on this phone.
 */
unsent: number, 
/**
 * What was written to the office, the newest first.
 */
messages: Array<MessageView>, 
/**
 * Sentences that the app has ready.
 */
presets: Array<string>, };
export type Debrief = { run_id: RunId, 
/**
 * The account that was shown, by its digest.
 */
digest: string, 
/**
 * The money that was counted, currency by currency.
 */
counted: Array<Money>, 
/**
 * Why it is not what it should be; needed where it is not.
 */
note: string, name: string, role: Role, strokes: Strokes, };
export type DebriefView = { fact_id: string, at: Timestamp, name: string, role: Role, counted: Array<Money>, 
/**
 * It is still what they signed for.
 */
is_current: boolean, safety: Safety, };
export type Deliver = { run_id: RunId, job_id: JobId, 
/**
 * Only the lines that differ; all others were handed over whole.
 */
lines: Array<LineOutcome>, 
/**
 * To whom or where; the recipient unless it is said.
 */
method?: Method, 
/**
 * The other jobs of the same visit that end with it, handed over in the same way.
 */
together?: Array<Companion>, };
export type Depart = { run_id: RunId, 
/**
 * Why, although something is wanting; empty where nothing is.
 */
reason: string, };
export type DepartedView = { fact_id: string, at: Timestamp, lacks: Array<string>, reason: string, };
export type DepotId = string;
export type Differ = { run_id: RunId, job_id: JobId, item_id: ItemId, difference: LoadDifference, quantity: number, note: string, };
export type DifferenceView = { difference: LoadDifference, quantity: number, };
export type Done = Record<symbol, never>;
export type Enrol = { 
/**
 * The whole text of the QR code, as `waybill://enrol?...`.
 */
link: string, device_name: string, };
export type FactView = { fact_id: string, 
/**
 * The word of the fact's kind, as `arrived`.
 */
kind: string, at: Timestamp, presence: Presence, is_undone: boolean, is_own: boolean, safety: Safety, 
/**
 * Why the office refused it, as a stable code.
 */
refused: string | null, };
export type Fail = { run_id: RunId, job_id: JobId, reason: string, note: string, 
/**
 * Why it is given up before what the reason asks for was done.
 */
anyway?: string, };
export type HandOver = { run_id: RunId, job_id: JobId, 
/**
 * The other jobs of the same visit for which they sign too.
 */
together?: Array<JobId>, };
export type HandedView = { run_id: RunId, job_id: JobId, 
/**
 * They have signed, and give the phone back.
 */
is_signed: boolean, 
/**
 * The other jobs of the same visit for which they sign too.
 */
together: Array<JobId>, };
export type Item = { item_id: ItemId, sku: string, text: string, quantity: number, unit: string, 
/**
 * What a scanner reads on it.
 */
code: string, weight_g: number, };
export type ItemId = string;
export type ItemView = { item_id: ItemId, sku: string, text: string, quantity: number, unit: string, code: string, 
/**
 * How many are aboard: as counted, or as ordered where nobody counted.
 */
loaded: number, is_counted: boolean, 
/**
 * How many were scanned at the door.
 */
scanned: number, outcome: LineOutcome | null, };
export type JobId = string;
export type JobKind = "deliver" | "collect" | "swap";
export type JobMay = { count: boolean, note_site: boolean, 
/**
 * Take money and check a PIN or an age: somebody is at the door, or has been.
 */
check: boolean, 
/**
 * The phone knows well enough where it is.
 */
propose_pin: boolean, };
export type JobRow = { job_id: JobId, kind: JobKind, order: string, customer: string, address_line: string, city: string, window: Window | null, status: Status, standing: JobStanding, items: number, cash_due: Money | null, 
/**
 * The proof that is required, in the order in which it is asked for.
 */
proof_needed: Array<ProofKind>, has_note: boolean, 
/**
 * Only of a job that the crew added.
 */
added: Added | null, 
/**
 * From where the phone was last, along the ground.
 */
distance_m: number | null, 
/**
 * Only once the job has an outcome.
 */
readiness: Readiness | null, safety: Safety, 
/**
 * What the office changed and the driver has not read.
 */
changes: Array<Changed>, 
/**
 * The first job of its visit, where several jobs are one visit.
 */
visit: JobId | null, };
export type JobStanding = "planned" | "cancelled" | "moved";
export type JobView = { run_id: RunId, job_id: JobId, zone: string, kind: JobKind, order: string, customer: Customer, contact: Contact, address: Address, window: Window | null, note: string, 
/**
 * What is to be known about the site, as office and crew keep it.
 */
site_note: string, 
/**
 * Where the crew says that the entrance is; the office has taken it over once it is the address's.
 */
pin: Pin | null, 
/**
 * Only of a job that the crew added.
 */
added: Added | null, standing: JobStanding, status: Status, 
/**
 * Where something is due.
 */
cash: CashView | null, 
/**
 * Where the customer was given a PIN.
 */
pin_check: PinView | null, 
/**
 * Where somebody has to be old enough.
 */
age_check: AgeView | null, items: Array<ItemView>, proof: Array<ProofView>, photos: Array<PhotoView>, signature: SignatureView | null, 
/**
 * Only where nobody signed.
 */
not_signed: NotSignedView | null, 
/**
 * How the goods may be handed over now, and the proof that each way needs.
 */
methods: Array<MethodView>, 
/**
 * The steps that may be taken now.
 */
steps: Array<Step>, may: JobMay, 
/**
 * The reasons for which the visit may be given up now.
 */
failing: Array<ReasonView>, 
/**
 * Who was tried to be reached during this visit.
 */
contacts: Array<ContactView>, 
/**
 * What finance will say to the job as it stands.
 */
readiness: Readiness, outcome: OutcomeView | null, facts: Array<FactView>, distance_m: number | null, presence: Presence, safety: Safety, 
/**
 * Text that was being written when the screen was left; the screen alone knows what it means.
 */
draft: string | null, 
/**
 * What the office changed and the driver has not read.
 */
change: ChangeView | null, 
/**
 * The other jobs of the same visit, in the order of the run.
 */
together: Array<TogetherView>, };
export type KitView = { jobs: number, site_notes: number, 
/**
 * The version of the policy in force, and what it brings.
 */
policy: number, reasons: number, rules: number, 
/**
 * How old the position of this phone is, if it knows one.
 */
place_age_ms: number | null, place_accuracy_m: number | null, 
/**
 * How far this phone's clock was off the office's when it last answered.
 */
clock_off_ms: number | null, };
export type Lack = "not_loaded" | "loader_unsigned" | "driver_unsigned" | "changed" | "past_cut_off";
export type LatLon = { lat_e6: number, lon_e6: number, };
export type LedgerRow = { fact_id: string, at: Timestamp, 
/**
 * The word of the fact's kind, as `arrived`.
 */
kind: string, run_id: RunId, job_id: JobId | null, order: string, place: LatLon | null, accuracy_m: number | null, 
/**
 * The photo or signature, and how large it is.
 */
blob: string | null, bytes: number | null, safety: Safety, };
export type LedgerView = { 
/**
 * The newest first, and no more than five hundred.
 */
rows: Array<LedgerRow>, positions: number, photos: number, photo_bytes: number, };
export type LineCount = { item_id: ItemId, quantity: number, };
export type LineOutcome = { item_id: ItemId, delivered: number, refused: number, damaged: number, missing: number, 
/**
 * Something else was handed over in their place.
 */
substituted?: number, 
/**
 * Why, in the driver's words.
 */
why?: string, };
export type LoadDifference = "short" | "damaged" | "substituted" | "over";
export type LoadJob = { job_id: JobId, order: string, customer: string, city: string, window: Window | null, 
/**
 * Which visit of the run it is, from 1.
 */
visit: number, is_off: boolean, is_whole: boolean, lines: Array<LoadLine>, };
export type LoadLine = { item_id: ItemId, text: string, unit: string, code: string, quantity: number, aboard: number, 
/**
 * Of these nobody has said anything.
 */
open: number, differences: Array<DifferenceView>, };
export type LoadView = { run_id: RunId, vehicle: string, day: string, zone: string, 
/**
 * In the order of loading: what goes out last goes in first.
 */
jobs: Array<LoadJob>, units: number, units_ordered: number, jobs_whole: number, jobs_to_load: number, 
/**
 * What is signed for, in short.
 */
manifest: string, seals: Array<SealView>, 
/**
 * What the gate would find wanting now.
 */
lacks: Array<Lack>, cut_off: Timestamp | null, 
/**
 * May leave although something is wanting, with a reason.
 */
may_override: boolean, departed: DepartedView | null, };
export type Message = { run_id: RunId, 
/**
 * The job that it is about, if it is about one.
 */
job_id?: JobId, 
/**
 * A sentence that the app has ready, by its word; empty for none.
 */
preset: string, text: string, };
export type MessageView = { fact_id: string, at: Timestamp, job_id: JobId | null, preset: string, text: string, safety: Safety, };
export type Method = "recipient" | "neighbour" | "safe_place" | "locker";
export type MethodView = { method: Method, proof: Array<ProofView>, };
export type Money = { minor: number, 
/**
 * ISO 4217, as `GBP`.
 */
currency: string, };
export type MoveJob = { run_id: RunId, job_id: JobId, behind: JobId | null, };
export type Need = "off" | "optional" | "warn" | "required";
export type NewItem = { text: string, quantity: number, unit: string, };
export type NotSign = { run_id: RunId, job_id: JobId, why: NotSignedWhy, name: string, note: string, 
/**
 * The other jobs of the same visit for which they did not sign either.
 */
together?: Array<JobId>, };
export type NotSignedView = { fact_id: string, why: NotSignedWhy, name: string, note: string, };
export type NotSignedWhy = "refused" | "unable";
export type Note = { run_id: RunId, job_id: JobId, text: string, };
export type Nothing = Record<symbol, never>;
export type OfJob = { run_id: RunId, job_id: JobId, };
export type OfRun = { run_id: RunId, };
export type OutcomeView = { fact_id: string, status: Status, at: Timestamp, reason: string, 
/**
 * To whom or where the goods went; it means nothing where none did.
 */
method: Method, 
/**
 * How long the driver had been at the site, where their arrival is known.
 */
waited_ms: number | null, };
export type PersonId = string;
export type PhotoAdvice = "too_dark" | "blurred" | "like_before" | "far_away";
export type PhotoCategory = "goods" | "place" | "damage" | "document" | "label";
export type PhotoSaved = { fact_id: string, advice: Array<PhotoAdvice>, };
export type PhotoView = { fact_id: string, 
/**
 * The name of its bytes; the host knows where they are shown from.
 */
blob: string, category: PhotoCategory, at: Timestamp, width: number, height: number, safety: Safety, };
export type Pin = { at: LatLon, 
/**
 * The true place is within this radius two times out of three.
 */
accuracy_m: number, };
export type PinAnswer = { is_right: boolean, tries_left: number, };
export type PinView = { is_right: boolean, is_waived: boolean, tries_left: number, };
export type Presence = "inside" | "likely" | "outside" | "unknown";
export type Problem = { 
/**
 * Stable; screens hold its text in every language.
 */
code: string, retry: Retry, 
/**
 * For whoever looks into it; never shown to a driver as the only text.
 */
detail: string, 
/**
 * Which order it is about, where several were asked for at once.
 */
order?: string, };
export type ProofKind = "signature" | "photo" | "scan" | "name" | "pin" | "age";
export type ProofView = { proof: ProofKind, need: Need, has: boolean, };
export type PutByHand = { run_id: RunId, job_id: JobId, item_id: ItemId, quantity: number, why: string, };
export type Readiness = { verdict: ReadinessVerdict, 
/**
 * Why it is blocked, or what is different; empty when simply ready.
 */
reasons: Array<ReadinessReason>, };
export type ReadinessReason = { "code": "not_done" } | { "code": "failed" } | { "code": "two_outcomes" } | { "code": "delivered_after_cancel" } | { "code": "proof_missing", proof: ProofKind, } | { "code": "proof_on_its_way", count: number, } | { "code": "refused", count: number, } | { "code": "damaged", count: number, } | { "code": "missing", count: number, } | { "code": "substituted", count: number, } | { "code": "not_signed", why: NotSignedWhy, } | { "code": "not_confirmed" } | { "code": "cash_short", sum: CashSum, } | { "code": "cash_over", sum: CashSum, } | { "code": "pin_waived" };
export type ReadinessVerdict = "ready" | "ready_with_difference" | "blocked";
export type ReasonLayer = "site" | "customer" | "order" | "goods" | "vehicle" | "time";
export type ReasonView = { reason: string, layer: ReasonLayer, consequence: Consequence, 
/**
 * Nobody attempted it.
 */
is_missed: boolean, 
/**
 * Nothing stands in for what it asks for.
 */
is_strict: boolean, 
/**
 * In the order in which a driver would do it.
 */
asks: Array<AskView>, };
export type Reattempt = { run_id: RunId, job_id: JobId, reason: string, };
export type RescueView = { 
/**
 * Where it is.
 */
path: string, bytes: number, facts: number, blobs: number, 
/**
 * Evidence whose bytes are gone, or for which the file had no room.
 */
blobs_left_out: number, };
export type Retry = "never" | "later" | "after_update" | "after_sign_in";
export type Role = "driver" | "loader" | "dispatcher" | "finance" | "admin";
export type RunCard = { run_id: RunId, day: string, vehicle: string, jobs: number, jobs_done: number, };
export type RunId = string;
export type RunMay = { reorder: boolean, add_job: boolean, 
/**
 * There are goods to load, and they may load them.
 */
load: boolean, };
export type RunView = { run_id: RunId, day: string, 
/**
 * The zone in which windows are shown, as `Europe/London`.
 */
zone: string, vehicle: string, jobs: Array<JobRow>, 
/**
 * The first job that is still to be done.
 */
next_job_id: JobId | null, 
/**
 * The money of the run, currency by currency.
 */
cash: Array<DayCashView>, may: RunMay, 
/**
 * The vehicle has left the depot.
 */
has_departed: boolean, 
/**
 * What is on this phone for the day.
 */
kit: KitView, 
/**
 * The vehicle was looked at; nobody has to where the policy names no points.
 */
is_vehicle_checked: boolean, 
/**
 * Since when a break lasts.
 */
resting_since: Timestamp | null, };
export type Safety = "nothing" | "office" | "phone" | "attention";
export type SalvageView = { at: Timestamp, facts: number, 
/**
 * Facts that could not be read. They are in the file that was set aside.
 */
facts_lost: number, blobs: number, drafts: number, 
/**
 * The office is still to be asked for what it holds.
 */
is_healing: boolean, };
export type SaveDraft = { run_id: RunId, job_id: JobId, draft: string | null, };
export type Saved = { fact_id: string, };
export type Scan = { run_id: RunId, job_id: JobId, code: string, quantity: number, 
/**
 * Typed by hand, because the label could not be read.
 */
is_typed: boolean, };
export type ScanAboard = { run_id: RunId, code: string, 
/**
 * Why it was typed; not set where a scanner read it.
 */
by_hand: string | null, };
export type ScanOutcome = "taken" | "again" | "enough" | "other_job" | "other_run" | "off" | "unexpected";
export type ScanView = { outcome: ScanOutcome, code: string, 
/**
 * Only where something was recorded.
 */
fact_id: string | null, job_id: JobId | null, item_id: ItemId | null, order: string, customer: string, text: string, 
/**
 * The vehicle of another run that it is for.
 */
vehicle: string, 
/**
 * How many units of the line are there now.
 */
have: number, quantity: number, };
export type SealLoad = { run_id: RunId, 
/**
 * What the screen showed; anything else is signed for anew.
 */
manifest: string, seal: string, name: string, 
/**
 * As loader or as driver: one phone may go from hand to hand.
 */
role: Role, strokes: Strokes, };
export type SealView = { fact_id: string, name: string, role: Role, seal: string, at: Timestamp, 
/**
 * It is for what is aboard now.
 */
is_current: boolean, safety: Safety, };
export type SetPlace = { at: LatLon, accuracy_m: number, };
export type Sign = { run_id: RunId, job_id: JobId, name: string, role: SignerRole, strokes: Strokes, 
/**
 * What they have against it, in their own words.
 */
reservation?: string, 
/**
 * What they were shown: only the lines that are not handed over whole.
 */
lines?: Array<LineOutcome>, 
/**
 * In which language, as `de`.
 */
language?: string, 
/**
 * The other jobs of the same visit that the signature is for too.
 */
together?: Array<Companion>, };
export type SignIn = { 
/**
 * The driver's own code, where one was chosen.
 */
code: string, };
export type SignatureView = { fact_id: string, name: string, role: SignerRole, at: Timestamp, strokes: Strokes, reservation: string, 
/**
 * What was signed for: the lines that were not to be handed over whole.
 */
lines: Array<LineOutcome>, safety: Safety, };
export type SignedOutView = { at: Timestamp, asks_code: boolean, };
export type SignerRole = "recipient" | "employee" | "neighbour" | "other";
export type StartView = { 
/**
 * Nothing but enrolment can be shown while this is `None`.
 */
crew: CrewView | null, runs: Array<RunCard>, trust: TrustView, 
/**
 * The job whose customer has the phone in hand: nothing else is shown until the driver takes it back.
 */
handed: HandedView | null, 
/**
 * The driver has chosen a code for that.
 */
has_code: boolean, 
/**
 * Nobody is signed in, since when; and whether the driver's code is asked for to sign in again.
 */
signed_out: SignedOutView | null, };
export type Status = "planned" | "loaded" | "on_the_way" | "arrived" | "failed" | "delivered_in_part" | "delivered" | "returned";
export type Step = "load" | "set_out" | "arrive" | "deliver" | "fail" | "return" | "reattempt";
export type StoreHealth = "good" | "low" | "full" | "read_only";
export type Strokes = { width: number, height: number, strokes: Array<Array<[number, number, number]>>, };
export type TakeBack = { 
/**
 * The driver's own code, where one was chosen.
 */
code: string, };
export type TakeCash = { run_id: RunId, job_id: JobId, 
/**
 * In the smallest unit of the currency in which it is due.
 */
minor: number, method: CashMethod, 
/**
 * Why something is still open after it; needed where something is.
 */
reason: string, };
export type TakenView = { fact_id: string, at: Timestamp, sum: Money, method: CashMethod, reason: string, is_own: boolean, };
export type Timestamp = number;
export type TogetherView = { job_id: JobId, order: string, items: number, status: Status, };
export type Topic = "start" | "run" | "job" | "trust";
export type TrustView = { 
/**
 * Jobs with an outcome of which something is only on this phone.
 */
jobs_on_phone: number, 
/**
 * Jobs with an outcome that is wholly at the office.
 */
jobs_at_office: number, facts_waiting: number, blobs_waiting: number, 
/**
 * Facts that the office refused.
 */
attention: number, 
/**
 * Those that the office holds back or refused, the oldest first; no more than fifty.
 */
attention_rows: Array<AttentionView>, air: Air, 
/**
 * When the office last answered, by this phone's clock.
 */
last_contact_ms: Timestamp | null, 
/**
 * What went wrong last, as a stable code, until the office answers again.
 */
trouble: string | null, 
/**
 * Whether what is captured now can be kept.
 */
store: StoreHealth, 
/**
 * The store is a copy of an earlier day: until the office has answered, what this phone did since is
 * not known here, and a job that is done may look open.
 */
is_copy: boolean, 
/**
 * A damaged store was set aside; for some days, what became of what was in it.
 */
salvage: SalvageView | null, };
export type TryContact = { run_id: RunId, job_id: JobId, channel: Channel, outcome: ContactOutcome, };
export type Undo = { run_id: RunId, job_id: JobId, fact_id: string, reason: string, };
export type UndoOfRun = { run_id: RunId, fact_id: string, reason: string, };
export type WaivePin = { run_id: RunId, job_id: JobId, 
/**
 * How the driver made sure.
 */
reason: string, };
export type Window = { from_ms: Timestamp, to_ms: Timestamp, };
export type WriteSiteNote = { run_id: RunId, job_id: JobId, text: string, };

export interface Commands {
  start: { args: Nothing; answer: StartView };
  run: { args: OfRun; answer: RunView };
  job: { args: OfJob; answer: JobView };
  outlook: { args: Deliver; answer: Readiness };
  trust: { args: Nothing; answer: TrustView };
  rescue: { args: Nothing; answer: RescueView };
  load: { args: OfJob; answer: Saved };
  set_out: { args: OfJob; answer: Saved };
  arrive: { args: Arrive; answer: Saved };
  return_goods: { args: OfJob; answer: Saved };
  reattempt: { args: Reattempt; answer: Saved };
  count: { args: Count; answer: Saved };
  hand_over: { args: HandOver; answer: Done };
  take_back: { args: TakeBack; answer: Done };
  choose_code: { args: ChooseCode; answer: Done };
  not_sign: { args: NotSign; answer: Saved };
  sign: { args: Sign; answer: Saved };
  deliver: { args: Deliver; answer: Saved };
  scan: { args: Scan; answer: ScanView };
  dock: { args: OfRun; answer: LoadView };
  scan_aboard: { args: ScanAboard; answer: ScanView };
  put_by_hand: { args: PutByHand; answer: Saved };
  differ: { args: Differ; answer: Saved };
  seal_load: { args: SealLoad; answer: Saved };
  depart: { args: Depart; answer: Saved };
  undo_of_run: { args: UndoOfRun; answer: Saved };
  note: { args: Note; answer: Saved };
  contact: { args: TryContact; answer: Saved };
  take_cash: { args: TakeCash; answer: Saved };
  check_pin: { args: CheckPin; answer: PinAnswer };
  waive_pin: { args: WaivePin; answer: Saved };
  check_age: { args: CheckAge; answer: Saved };
  fail: { args: Fail; answer: Saved };
  undo: { args: Undo; answer: Saved };
  day: { args: OfRun; answer: DayView };
  check_vehicle: { args: CheckVehicle; answer: Saved };
  message: { args: Message; answer: Saved };
  begin_break: { args: OfRun; answer: Saved };
  end_break: { args: OfRun; answer: Saved };
  see_change: { args: OfJob; answer: Saved };
  check_in: { args: CheckIn; answer: Saved };
  debrief: { args: Debrief; answer: Saved };
  ledger: { args: Nothing; answer: LedgerView };
  sign_out: { args: Nothing; answer: TrustView };
  sign_in: { args: SignIn; answer: Done };
  move_job: { args: MoveJob; answer: RunView };
  write_site_note: { args: WriteSiteNote; answer: Done };
  propose_pin: { args: OfJob; answer: Done };
  add_job: { args: AddJob; answer: AddedJob };
  save_draft: { args: SaveDraft; answer: Done };
  enrol: { args: Enrol; answer: StartView };
  add_photo: { args: AddPhoto; answer: PhotoSaved };
  sync_now: { args: Nothing; answer: TrustView };
}
