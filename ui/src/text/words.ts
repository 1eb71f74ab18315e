/** The words of the domain, each from the code that Rust, SQL and JSON use to the text a person reads. */
import type {
  CashMethod,
  Changed,
  CashSum,
  Consequence,
  ContactOutcome,
  JobKind,
  JobStanding,
  Lack,
  LatLon,
  LoadDifference,
  Method,
  Need,
  NotSignedWhy,
  PhotoAdvice,
  PhotoCategory,
  Presence,
  ProofKind,
  ReadinessReason,
  ReadinessVerdict,
  ReasonLayer,
  Role,
  Safety,
  ScanOutcome,
  SignerRole,
  Status,
} from '../api/generated/field';
import type { Incident, OfficeWish, Trigger } from '../api/generated/office';
import { m } from './generated/messages.js';
import { money } from './measure';

type Words<Code extends string> = Record<Code, () => string>;

const STATUS: Words<Status> = {
  planned: m.status_planned,
  loaded: m.status_loaded,
  on_the_way: m.status_on_the_way,
  arrived: m.status_arrived,
  failed: m.status_failed,
  delivered_in_part: m.status_delivered_in_part,
  delivered: m.status_delivered,
  returned: m.status_returned,
};
const STANDING: Words<JobStanding> = {
  planned: m.standing_planned,
  cancelled: m.standing_cancelled,
  moved: m.standing_moved,
};
const KIND: Words<JobKind> = { deliver: m.kind_deliver, collect: m.kind_collect, swap: m.kind_swap };
const PROOF: Words<ProofKind> = {
  signature: m.proof_signature,
  photo: m.proof_photo,
  scan: m.proof_scan,
  name: m.proof_name,
  pin: m.proof_pin,
  age: m.proof_age,
};
const NEED: Words<Need> = {
  off: m.need_optional,
  optional: m.need_optional,
  warn: m.need_warn,
  required: m.need_required,
};
const CATEGORY: Words<PhotoCategory> = {
  goods: m.category_goods,
  place: m.category_place,
  damage: m.category_damage,
  document: m.category_document,
  label: m.category_label,
};
const SIGNER: Words<SignerRole> = {
  recipient: m.signer_recipient,
  employee: m.signer_employee,
  neighbour: m.signer_neighbour,
  other: m.signer_other,
};
const METHOD: Words<Method> = {
  recipient: m.method_recipient,
  neighbour: m.method_neighbour,
  safe_place: m.method_safe_place,
  locker: m.method_locker,
};
const PRESENCE: Words<Presence> = {
  inside: m.presence_inside,
  likely: m.presence_likely,
  outside: m.presence_outside,
  unknown: m.presence_unknown,
};
const SAFETY: Words<Safety> = {
  nothing: m.safety_nothing,
  office: m.safety_office,
  phone: m.safety_phone,
  attention: m.safety_attention,
};
const SAFETY_SHORT: Words<Safety> = {
  nothing: m.safety_nothing,
  office: m.safety_office_short,
  phone: m.safety_phone_short,
  attention: m.safety_attention,
};
const VERDICT: Words<ReadinessVerdict> = {
  ready: m.verdict_ready,
  ready_with_difference: m.verdict_ready_with_difference,
  blocked: m.verdict_blocked,
};
const LAYER: Words<ReasonLayer> = {
  site: m.layer_site,
  customer: m.layer_customer,
  order: m.layer_order,
  goods: m.layer_goods,
  vehicle: m.layer_vehicle,
  time: m.layer_time,
};
const ROLE: Words<Role> = {
  driver: m.role_driver,
  loader: m.role_loader,
  dispatcher: m.role_dispatcher,
  finance: m.role_finance,
  admin: m.role_admin,
};
const TRIGGER: Words<Trigger> = {
  failed: m.trigger_failed,
  two_outcomes: m.trigger_two_outcomes,
  delivered_after_cancel: m.trigger_delivered_after_cancel,
  difference_to_plan: m.trigger_difference_to_plan,
  plan_conflict: m.trigger_plan_conflict,
  proof_missing: m.trigger_proof_missing,
  over_or_short: m.trigger_over_or_short,
  late_outcome: m.trigger_late_outcome,
  job_added: m.trigger_job_added,
  evidence_missing: m.trigger_evidence_missing,
  cash_difference: m.trigger_cash_difference,
  back_otherwise: m.trigger_back_otherwise,
};
const CONSEQUENCE: Words<Consequence> = {
  office_decides: m.consequence_office_decides,
  hold_48h: m.consequence_hold_48h,
  retry_next_day: m.consequence_retry_next_day,
  return_to_depot: m.consequence_return_to_depot,
  none: m.consequence_none,
};
const CONTACT_OUTCOME: Words<ContactOutcome> = {
  no_answer: m.contact_no_answer,
  answered: m.contact_answered,
  unreachable: m.contact_unreachable,
  sent: m.contact_sent,
};
const CASH_METHOD: Words<CashMethod> = {
  cash: m.cash_method_cash,
  card: m.cash_method_card,
  other: m.cash_method_other,
};
const ADVICE: Words<PhotoAdvice> = {
  too_dark: m.photo_too_dark,
  blurred: m.photo_blurred,
  like_before: m.photo_like_before,
  far_away: m.photo_far_away,
};
const INCIDENT: Words<Incident> = {
  journal_forked: m.incident_journal_forked,
  tail_refused: m.incident_tail_refused,
  facts_quarantined: m.incident_facts_quarantined,
  facts_parked: m.incident_facts_parked,
  quota_reached: m.incident_quota_reached,
};
const DIFFERENCE: Words<LoadDifference> = {
  short: m.difference_short,
  damaged: m.difference_damaged,
  substituted: m.difference_substituted,
  over: m.difference_over,
};
const LACK: Words<Lack> = {
  not_loaded: m.lack_not_loaded,
  loader_unsigned: m.lack_loader_unsigned,
  driver_unsigned: m.lack_driver_unsigned,
  changed: m.lack_changed,
  past_cut_off: m.lack_past_cut_off,
};
const SCAN: Words<ScanOutcome> = {
  taken: m.scan_taken_dock,
  again: m.scan_again,
  enough: m.scan_enough,
  other_job: m.scan_other_job,
  other_run: m.scan_other_run,
  off: m.scan_off,
  unexpected: m.scan_unexpected,
};
const NOT_SIGNED: Words<NotSignedWhy> = { refused: m.not_signed_refused, unable: m.not_signed_unable };
const FACT: Record<string, () => string> = {
  loaded: m.fact_loaded,
  on_the_way: m.fact_on_the_way,
  arrived: m.fact_arrived,
  photo_taken: m.fact_photo_taken,
  signed: m.fact_signed,
  scanned: m.fact_scanned,
  delivered: m.fact_delivered,
  failed: m.fact_failed,
  undone: m.fact_undone,
  noted: m.fact_noted,
  returned: m.fact_returned,
  reattempted: m.fact_reattempted,
  counted: m.fact_counted,
  plan_refused: m.fact_plan_refused,
  not_signed: m.fact_not_signed,
  put_aboard: m.fact_put_aboard,
  load_differed: m.fact_load_differed,
  load_sealed: m.fact_load_sealed,
  departed: m.fact_departed,
  contacted: m.fact_contacted,
  cash_taken: m.fact_cash_taken,
  pin_checked: m.fact_pin_checked,
  age_checked: m.fact_age_checked,
  vehicle_checked: m.fact_vehicle_checked,
  messaged: m.fact_messaged,
  break_began: m.fact_break_began,
  break_ended: m.fact_break_ended,
  change_seen: m.fact_change_seen,
  checked_in: m.fact_checked_in,
  debriefed: m.fact_debriefed,
};
const CHANGED: Words<Changed> = {
  added: m.changed_added,
  cancelled: m.changed_cancelled,
  moved: m.changed_moved,
  restored: m.changed_restored,
  window: m.changed_window,
  address: m.changed_address,
  contact: m.changed_contact,
  items: m.changed_items,
  cash: m.changed_cash,
  proof: m.changed_proof,
  note: m.changed_note,
  order: m.changed_order,
};
// A company's own policy may name reasons that we have no words for; then its word is shown.
const REASON: Record<string, () => string> = {
  nobody_there: m.reason_nobody_there,
  closed: m.reason_closed,
  address_not_found: m.reason_address_not_found,
  no_access: m.reason_no_access,
  refused_by_customer: m.reason_refused_by_customer,
  damaged: m.reason_damaged,
  not_on_vehicle: m.reason_not_on_vehicle,
  out_of_time: m.reason_out_of_time,
  by_mistake: m.undo_by_mistake,
  wrong_job: m.undo_wrong_job,
  customer_changed: m.undo_customer_changed,
  customer_back: m.again_customer_back,
  way_found: m.again_way_found,
  office_asked: m.again_office_asked,
  recounted: m.recounted,
  label_unreadable: m.reason_label_unreadable,
  scanner_broken: m.reason_scanner_broken,
  by_hand: m.reason_by_hand,
  photo_retaken: m.photo_retaken,
  checked_again: m.checked_again,
  unsafe_to_wait: m.anyway_unsafe_to_wait,
  no_number: m.anyway_no_number,
  customer_said: m.anyway_customer_said,
  office_said: m.anyway_office_said,
  call_no_answer: m.contact_call_no_answer,
  call_answered: m.contact_call_answered,
  call_unreachable: m.contact_call_unreachable,
  text_sent: m.contact_text_sent,
  text_unreachable: m.contact_text_unreachable,
  cash: m.cash_method_cash,
  card: m.cash_method_card,
  other: m.cash_method_other,
  customer_short: m.cash_customer_short,
  price_disputed: m.cash_price_disputed,
  payment_refused: m.cash_refused,
  rest_follows: m.cash_rest_follows,
  pin_right: m.pin_right,
  pin_wrong: m.pin_wrong,
  pin_waived: m.pin_waived,
  id_seen: m.pin_id_seen,
  customer_called: m.pin_called,
  age_enough: m.age_enough,
  age_not_enough: m.age_not_enough,
};

export const changedWord = (code: Changed): string => CHANGED[code]();
export const statusWord = (code: Status): string => STATUS[code]();
export const standingWord = (code: JobStanding): string => STANDING[code]();
export const kindWord = (code: JobKind): string => KIND[code]();
export const proofWord = (code: ProofKind): string => PROOF[code]();
export const needWord = (code: Need): string => NEED[code]();
export const categoryWord = (code: PhotoCategory): string => CATEGORY[code]();
export const signerWord = (code: SignerRole): string => SIGNER[code]();
export const methodWord = (code: Method): string => METHOD[code]();
export const presenceWord = (code: Presence): string => PRESENCE[code]();
export const safetyWord = (code: Safety): string => SAFETY[code]();
export const safetyMark = (code: Safety): string => SAFETY_SHORT[code]();
export const verdictWord = (code: ReadinessVerdict): string => VERDICT[code]();
export const layerWord = (code: ReasonLayer): string => LAYER[code]();
export const roleWord = (code: Role): string => ROLE[code]();
export const triggerWord = (code: Trigger): string => TRIGGER[code]();
export const consequenceWord = (code: Consequence): string => CONSEQUENCE[code]();
export const contactWord = (code: ContactOutcome): string => CONTACT_OUTCOME[code]();
export const cashMethodWord = (code: CashMethod): string => CASH_METHOD[code]();
export const photoAdvice = (code: PhotoAdvice): string => ADVICE[code]();
export const incidentWord = (code: Incident): string => INCIDENT[code]();
export const differenceWord = (code: LoadDifference): string => DIFFERENCE[code]();
export const lackWord = (code: Lack): string => LACK[code]?.() ?? (code as string);
export const scanWord = (code: ScanOutcome, where: 'dock' | 'door'): string =>
  code === 'taken' && where === 'door' ? m.scan_taken_door() : SCAN[code]();
export const notSignedWord = (code: NotSignedWhy): string => NOT_SIGNED[code]();
export const factWord = (code: string): string => (FACT[code] ?? m.fact_unknown)();
export const reasonWord = (code: string): string => REASON[code]?.() ?? code.replace(/_/g, ' ');

/** Words of a fact: codes become their text, and what somebody wrote behind them stays as it is. */
export function factText(text: string): string {
  const [code = '', ...more] = text.split(': ');
  const reason = REASON[code]?.();
  return reason === undefined ? text : [reason, ...more.map((each) => REASON[each]?.() ?? each)].join(': ');
}

/** One reason for a verdict. A newer hub may name one that we have no words for. */
export function readinessReason(reason: ReadinessReason): string {
  switch (reason.code) {
    case 'not_done':
      return m.why_not_done();
    case 'failed':
      return m.why_failed();
    case 'two_outcomes':
      return m.why_two_outcomes();
    case 'delivered_after_cancel':
      return m.why_delivered_after_cancel();
    case 'not_signed':
      return m.why_not_signed({ why: notSignedWord(reason.why) });
    case 'proof_missing':
      return m.why_proof_missing({ proof: proofWord(reason.proof) });
    case 'proof_on_its_way':
      return m.why_proof_on_its_way({ count: reason.count });
    case 'refused':
      return m.why_refused({ count: reason.count });
    case 'damaged':
      return m.why_damaged({ count: reason.count });
    case 'missing':
      return m.why_missing({ count: reason.count });
    case 'substituted':
      return m.why_substituted({ count: reason.count });
    case 'cash_short':
      return m.why_cash_short(sums(reason.sum));
    case 'cash_over':
      return m.why_cash_over(sums(reason.sum));
    case 'pin_waived':
      return m.why_pin_waived();
    case 'not_confirmed':
      return m.why_not_confirmed();
    default:
      return (reason as { code: string }).code;
  }
}

function sums({ taken_minor, due_minor, currency }: CashSum): { taken: string; due: string } {
  return { taken: money({ minor: taken_minor, currency }), due: money({ minor: due_minor, currency }) };
}

/** What a crew wanted of the plan. A newer hub may name something that we have no words for. */
export function wishWord(wish: OfficeWish): string {
  switch (wish.wish) {
    case 'behind':
      return wish.job_id === null ? m.wish_first() : m.wish_behind({ job: wish.job_id });
    case 'site_note':
      return m.wish_site_note({ text: wish.text });
    case 'pin':
      return m.wish_pin({ place: placeWord(wish.pin.at) });
    case 'job': {
      const place = `${wish.address_line}, ${wish.city}`;
      const goods = wish.goods.join(m.list_separator());
      return m.wish_job({ kind: kindWord(wish.kind), customer: wish.customer, place, goods });
    }
    default:
      return (wish as { wish: string }).wish;
  }
}

/** A position as maps write it: five digits are a metre. */
export function placeWord(at: LatLon): string {
  return `${(at.lat_e6 / 1e6).toFixed(5)}, ${(at.lon_e6 / 1e6).toFixed(5)}`;
}
