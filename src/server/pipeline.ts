import type { FieldError } from '../api/field_error.ts'
import type { MutableObject, RuleContext } from '../api/kind_rules.ts'
import { validateChange, validateNew, validateStatusChange, validateSubresourceChange } from '../api/kinds/validate.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { KubeObject } from '../api/types.ts'
import { copyOf } from '../base/copy.ts'
import { nameSuffix } from '../base/random.ts'
import type { Attributes, Operation } from './admission/admission.ts'
import { invalid, modifiedMeanwhile, rawServerError } from './api_errors.ts'
import { type Call, resourceNameOf } from './call.ts'
import { type Core, ruleContext, rulesFor } from './core.ts'
import { recordManager } from './managers.ts'
import { keepSystemFields, sameContent, setSystemFields, specChanged, wipeSystemFields } from './metadata.ts'
import { dropRepeatedOwners } from './owner_references.ts'
import { storageOf } from './versions.ts'

/**
 * The way of a write after its body has been decoded, each step once and in this order: default, managed
 * fields (nobody owns what the server adds), mutating admission, default, prepare, validate, validating
 * admission. Committing is the caller's. All of it is synchronous: nothing that was looked at can change before the commit.
 */
export function prepareNew(core: Core, call: Call, draft: MutableObject): MutableObject {
  const { facts } = call.target
  const rules = rulesFor(facts)
  const context = { ...ruleContext(core, call.user), warn: (text: string) => call.warnings.push(text) }
  const faults = makeNew(core, call, draft, context)
  if (faults.length > 0) {
    throw refusal(
      facts,
      draft,
      shownFaults(call, faults, (hollow) => makeNew(core, call, hollow, context)),
    )
  }
  const object = draft as unknown as KubeObject
  call.warnings.push(...(rules.warnings?.(object, undefined) ?? []))
  core.admission.validate({ ...attributesOf(call, 'CREATE', draft, undefined), name: object.metadata.name })
  return draft
}

/** Makes of a draft the new object; answers what is wrong with it. */
function makeNew(core: Core, call: Call, draft: MutableObject, context: RuleContext): readonly FieldError[] {
  const rules = rulesFor(call.target.facts)
  rules.defaults?.(draft)
  wipeSystemFields(draft)
  const encoded = (): MutableObject => wipedOfSystemFields(encodedDraft(call, draft))
  recordManager({ call, draft, encoded, old: undefined, now: context.now })
  core.admission.admit(attributesOf(call, 'CREATE', draft, undefined))
  if (call.request.patchType !== undefined) dropRepeatedOwners(call, draft, 'after admission')
  rules.defaults?.(draft)
  setSystemFields(draft, context)
  setGeneratedName(draft, context)
  if (rules.generation === 'spec') draft.metadata['generation'] = 1
  rules.prepareCreate?.(draft, context)
  return validateNew(rules, draft as unknown as KubeObject, context)
}

/** The same for a change; `subresource` `status` uses the rules of that half. */
export function prepareChange(core: Core, call: Call, draft: MutableObject, old: KubeObject): MutableObject {
  const { facts } = call.target
  const rules = rulesFor(facts)
  const context = ruleContext(core, call.user)
  const faults = makeChange(core, call, { draft, old, context })
  if (faults.length > 0) {
    const again = (hollow: MutableObject) => makeChange(core, call, { draft: hollow, old, context })
    throw refusal(facts, draft, shownFaults(call, faults, again))
  }
  const own = rules.subresources?.[call.target.subresource?.name ?? '']
  const warnings = isStatus(call) ? rules.statusWarnings : own === undefined ? rules.warnings : undefined
  call.warnings.push(...(warnings?.(draft as unknown as KubeObject, old) ?? []))
  core.admission.validate(attributesOf(call, 'UPDATE', draft, old))
  return draft
}

interface DraftChange {
  readonly draft: MutableObject
  readonly old: KubeObject
  readonly context: RuleContext
}

/** Makes of a draft the changed object; answers what is wrong with it. */
function makeChange(core: Core, call: Call, { draft, old, context }: DraftChange): readonly FieldError[] {
  const rules = rulesFor(call.target.facts)
  const setDefaults = isStatus(call) && sharesSpec(draft, old) ? rules.statusDefaults : rules.defaults
  setDefaults?.(draft)
  recordManager({ call, draft, encoded: () => encodedDraft(call, draft), old, now: context.now })
  core.admission.admit(attributesOf(call, 'UPDATE', draft, old))
  if (call.request.patchType !== undefined) dropRepeatedOwners(call, draft, 'after admission')
  setDefaults?.(draft)
  keepSystemFields(draft, old)
  const own = rules.subresources?.[call.target.subresource?.name ?? '']
  if (own !== undefined) own.prepareUpdate(draft, old, context)
  else if (isStatus(call)) (rules.prepareStatusUpdate ?? keepAllButStatus)(draft, old, context)
  else rules.prepareUpdate?.(draft, old, context)
  if (rules.generation === 'spec' && !isStatus(call)) countGeneration(draft, old, rules.generationGrows ?? specChanged)
  const object = draft as unknown as KubeObject
  const validate = isStatus(call) ? validateStatusChange : validateChange
  return own ? validateSubresourceChange(rules, own, object, old) : validate(rules, object, old, context)
}

function wipedOfSystemFields(draft: MutableObject): MutableObject {
  wipeSystemFields(draft)
  return draft
}

/** What counts for managed fields: empty lists and maps where an encoder writes them, and a wish for none at all. */
function encodedDraft(call: Call, draft: MutableObject): MutableObject {
  const encoded = call.hollowDraft?.('encoded')
  if (encoded === undefined) return draft
  rulesFor(call.target.facts).defaults?.(encoded)
  const wanted = call.hollowDraft?.('kept').metadata['managedFields']
  if (wanted?.length === 0) encoded.metadata['managedFields'] = wanted
  return encoded
}

/** Faults show the draft with its empty lists and maps; what is a fault was decided without them. */
function shownFaults(
  call: Call,
  faults: readonly FieldError[],
  check: (hollow: MutableObject) => readonly FieldError[],
): readonly FieldError[] {
  const hollow = call.hollowDraft?.('kept')
  const shown = hollow === undefined ? faults : check(hollow)
  const isSame = ({ type, field }: FieldError, at: number) => shown[at]?.type === type && shown[at].field === field
  return shown.length === faults.length && faults.every(isSame) ? shown : faults
}

/** A spec that is the stored one itself has its defaults, and must not be changed. */
const sharesSpec = (draft: MutableObject, old: KubeObject & { readonly spec?: unknown }): boolean =>
  draft['spec'] !== undefined && draft['spec'] === old.spec

const isStatus = (call: Call): boolean => call.target.subresource?.name === 'status'

/** By default only the status and the managed fields of a write to `/status` count. */
function keepAllButStatus(draft: MutableObject, old: KubeObject): void {
  const { status, metadata } = draft
  const { status: kept, ...rest } = old as KubeObject & { readonly status?: unknown }
  for (const field of Object.keys(draft)) if (!(field in old)) delete draft[field]
  const managedFields = metadata['managedFields']
  Object.assign(draft, copyOf(rest))
  if (status === undefined && kept !== undefined) draft['status'] = copyOf(kept)
  if (managedFields !== undefined) draft.metadata['managedFields'] = managedFields
}

type GenerationGrows = (draft: MutableObject, old: KubeObject) => boolean

function countGeneration(draft: MutableObject, old: KubeObject, grows: GenerationGrows): void {
  const generation = old.metadata.generation ?? 0
  draft.metadata['generation'] = grows(draft, old) ? generation + 1 : generation
}

function setGeneratedName(draft: MutableObject, context: RuleContext): void {
  const { name, generateName } = draft.metadata
  if (name || !generateName) return
  draft.metadata['name'] = `${String(generateName).slice(0, GENERATED_PREFIX_MAX)}${nameSuffix(context.random)}`
}

/** A prefix is cut so that it fits a name of 63 characters together with its ending. */
const GENERATED_PREFIX_MAX = 58

/** 422 */
const refusal = (facts: ResourceFacts, { metadata }: MutableObject, faults: readonly FieldError[]): Error =>
  invalid({ group: storageOf(facts).group, kind: facts.ref.kind }, metadata['name'] ?? '', faults)

export function attributesOf(
  call: Call,
  operation: Operation,
  object: MutableObject,
  old: KubeObject | undefined,
): Attributes {
  const { facts, subresource } = call.target
  return {
    operation,
    facts,
    subresource: subresource?.name,
    namespace: call.request.namespace ?? '',
    name: call.request.name ?? String(object.metadata['name'] ?? ''),
    object,
    old,
    user: call.user,
    warn: (text) => call.warnings.push(text),
  }
}

const VERSION = /^\d+$/

/** @throws ApiError 409 when the object names a version that is not the newest, 500 when it is none at all */
export function checkVersion(call: Call, draft: MutableObject, old: KubeObject): void {
  const version: unknown = draft.metadata['resourceVersion']
  if (typeof version !== 'string' || version === '' || version === '0') return
  if (!VERSION.test(version))
    throw rawServerError(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`)
  if (version === old.metadata.resourceVersion) return
  throw modifiedMeanwhile(resourceNameOf(call.target.facts), old.metadata.name)
}

/** Whether a write would change nothing but times in the managed fields. */
export function changesNothing(draft: MutableObject, old: KubeObject): boolean {
  const version = old.metadata.resourceVersion
  const managedFields = withTimesOf(old.metadata.managedFields, draft.metadata['managedFields'])
  const metadata = { ...draft.metadata, resourceVersion: version, ...(managedFields && { managedFields }) }
  return sameContent({ ...draft, metadata }, old)
}

type Entries = KubeObject['metadata']['managedFields']

/** New managed fields with the times of the old ones: only then are the two the same. */
function withTimesOf(old: Entries, now: Entries): Entries {
  if (old === undefined || now === undefined || old.length !== now.length) return now
  return now.map((entry, at) => {
    const { time: _, ...untimed } = entry
    const time = old[at]?.time
    return time === undefined ? untimed : { ...untimed, time }
  })
}
