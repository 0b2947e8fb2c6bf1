import type { FieldError } from '../../api/field_error.ts'
import type { RequestOptions } from '../../api/request.ts'
import { invalid } from '../api_errors.ts'
import type { Call } from '../call.ts'
import { decodeOptionsBody } from '../decoding.ts'
import type { DeletionOptions, PropagationPolicy } from '../deletion.ts'
import { defined } from './query.ts'
import { dryRunFaults } from './write_options.ts'

const POLICIES = ['Foreground', 'Background', 'Orphan']

/** The body of a DELETE, as it may come: nothing of it has been checked but its types. */
interface SentOptions {
  readonly apiVersion?: string
  readonly kind?: string
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

/** The options of a DELETE: those of the body, or, only without one, those of the query. @throws ApiError 400, 422 */
export async function deletionOptionsOf(call: Call): Promise<DeletionOptions> {
  const sent: SentOptions = (await sentOptions(call)) ?? optionsOfQuery(call.request.options)
  const merged = {
    gracePeriodSeconds: sent.gracePeriodSeconds,
    propagationPolicy: sent.propagationPolicy,
    orphanDependents: sent.orphanDependents,
    dryRun: sent.dryRun,
  }
  const faults = [...policyFaults(merged), ...dryRunFaults(defined({ dryRun: merged.dryRun }))]
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', faults)
  return defined({
    gracePeriodSeconds: wholeGrace(merged.gracePeriodSeconds),
    propagationPolicy: policyOf(merged),
    orphanDependents: merged.orphanDependents,
    uid: sent.preconditions?.uid,
    resourceVersion: sent.preconditions?.resourceVersion,
    dryRun: merged.dryRun,
  })
}

/** In a query the preconditions stand beside the rest. */
const optionsOfQuery = ({ uid, resourceVersion, ...rest }: RequestOptions): SentOptions => ({
  ...rest,
  preconditions: defined({ uid, resourceVersion }),
})

/** A negative time to end means as short as possible, but still in good order. */
const wholeGrace = (seconds: number | undefined): number | undefined =>
  seconds !== undefined && seconds < 0 ? 1 : seconds

async function sentOptions(call: Call): Promise<SentOptions | undefined> {
  if (call.body.type === 'none') return undefined
  return (await decodeOptionsBody(call)) as SentOptions
}

interface Policies {
  readonly propagationPolicy: string | undefined
  readonly orphanDependents: boolean | undefined
}

function policyFaults({ propagationPolicy: policy, orphanDependents }: Policies): FieldError[] {
  if (policy === undefined) return []
  const field = 'propagationPolicy'
  const shown = JSON.stringify(policy)
  const both = `Invalid value: ${shown}: orphanDependents and deletionPropagation cannot be both set`
  const faults: FieldError[] =
    orphanDependents === undefined ? [] : [{ type: 'FieldValueInvalid', field, message: both }]
  if (POLICIES.includes(policy)) return faults
  const supported = [...POLICIES, 'nil'].map((known) => JSON.stringify(known)).join(', ')
  return [
    ...faults,
    { type: 'FieldValueNotSupported', field, message: `Unsupported value: ${shown}: supported values: ${supported}` },
  ]
}

function policyOf({ propagationPolicy, orphanDependents }: Policies): PropagationPolicy | undefined {
  if (propagationPolicy !== undefined) return propagationPolicy as PropagationPolicy
  return orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background'
}
