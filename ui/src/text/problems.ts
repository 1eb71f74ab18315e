/** From a problem's code to what happened and what to do. A code we do not know is shown as it is. */
import { m } from './generated/messages.js';

const TEXT: Record<string, () => string> = {
  fields_invalid: m.problem_fields_invalid,
  not_signed_in: m.problem_not_signed_in,
  sign_in_wrong: m.problem_sign_in_wrong,
  not_allowed: m.problem_not_allowed,
  role_not_allowed: m.problem_not_allowed,
  not_found: m.problem_not_found,
  run_unknown: m.problem_run_unknown,
  job_unknown: m.problem_not_found,
  too_many_tries: m.problem_too_many_tries,
  device_revoked: m.problem_device_revoked,
  link_invalid: m.problem_link_invalid,
  code_invalid: m.problem_code_invalid,
  code_expired: m.problem_code_expired,
  key_mismatch: m.problem_key_mismatch,
  already_enrolled: m.problem_already_enrolled,
  not_enrolled: m.problem_not_enrolled,
  photo_unreadable: m.problem_photo_unreadable,
  photo_too_large: m.problem_photo_too_large,
  shot_unknown: m.problem_photo_unreadable,
  signature_empty: m.problem_signature_empty,
  signature_too_large: m.problem_signature_too_large,
  text_too_long: m.problem_text_too_long,
  already_done: m.problem_already_done,
  not_arrived: m.problem_not_arrived,
  out_of_turn: m.problem_out_of_turn,
  job_cancelled: m.problem_job_cancelled,
  sum_broken: m.problem_sum_broken,
  reason_unknown: m.problem_reason_unknown,
  reason_not_here: m.problem_reason_not_here,
  evidence_missing: m.problem_evidence_missing,
  reason_strict: m.problem_reason_strict,
  cash_not_due: m.problem_cash_not_due,
  cash_reason_missing: m.problem_cash_reason_missing,
  pin_not_asked: m.problem_pin_not_asked,
  pin_tries_spent: m.pin_spent,
  pin_tries_left: m.problem_pin_tries_left,
  age_not_asked: m.problem_age_not_asked,
  nothing_to_undo: m.problem_nothing_to_undo,
  version_unknown: m.problem_too_old,
  command_unknown: m.problem_too_old,
  tus_version: m.problem_too_old,
  store_newer: m.problem_store_newer,
  store_full: m.problem_store_full,
  store_failed: m.problem_store_failed,
  store_busy: m.problem_store_busy,
  store_damaged: m.problem_store_damaged,
  store_read_only: m.problem_store_read_only,
  backup_unset: m.problem_store_failed,
  feed_restored: m.problem_store_failed,
  hub_unreachable: m.problem_hub_unreachable,
  hub_not_itself: m.problem_hub_not_itself,
  hub_failed: m.problem_hub_failed,
  host_unreachable: m.problem_host_unreachable,
  body_too_large: m.problem_misunderstood,
  body_malformed: m.problem_misunderstood,
  method_not_allowed: m.problem_misunderstood,
  origin_wrong: m.problem_misunderstood,
  fact_malformed: m.problem_misunderstood,
  seal_invalid: m.problem_doubted,
  key_invalid: m.problem_doubted,
  chain_forked: m.problem_doubted,
  chain_gap: m.problem_sent_again,
  receipt_invalid: m.problem_sent_again,
  blob_hash_wrong: m.problem_sent_again,
  blob_offset_wrong: m.problem_sent_again,
  blob_missing: m.problem_blob_missing,
  blob_too_large: m.problem_photo_too_large,
  fact_not_allowed: m.problem_not_allowed,
  plan_too_large: m.problem_plan_refused,
  plan_malformed: m.problem_plan_refused,
  plan_wrong_actor: m.problem_plan_refused,
  plan_out_of_turn: m.problem_plan_refused,
  plan_not_allowed: m.problem_plan_refused,
  plan_harmful: m.problem_plan_refused,
  run_full: m.problem_run_full,
  handed_over: m.problem_handed_over,
  signed_out: m.problem_signed_out,
  driver_code_wrong: m.problem_driver_code,
  not_together: m.problem_not_together,
  order_not_ready: m.problem_order_not_ready,
  departure_held: m.problem_departure_held,
  place_unknown: m.problem_place_unknown,
  matter_closed: m.problem_matter_closed,
  quota_reached: m.problem_misunderstood,
};

const ADVICE: Record<string, () => string> = {
  later: m.advice_later,
  after_update: m.advice_after_update,
  after_sign_in: m.advice_after_sign_in,
};

// Who is signed out of the office knows what to do; a wrong password has said all there is to say.
const OWN_ADVICE: Record<string, () => string> = {
  not_signed_in: m.advice_sign_in,
  sign_in_wrong: () => '',
};

export function problemText(code: string): string {
  return TEXT[code]?.() ?? m.problem_unknown({ code });
}

/** What would make a second try go better; empty if nothing would. */
export function problemAdvice(retry: string, code: string): string {
  return (OWN_ADVICE[code] ?? ADVICE[retry])?.() ?? '';
}

/** The same for trouble on the way to the office, which is nobody's fault and never urgent. */
export function troubleText(code: string): string {
  return TEXT[code]?.() ?? m.trouble_unknown({ code });
}
