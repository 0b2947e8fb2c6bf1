import type { MutableObject } from '../../api/kind_rules.ts'
import type { ResourceFacts } from '../../api/schema/table.ts'
import { copyOf } from '../../base/copy.ts'
import { alreadyExists, badRequest, noUniqueName, rawServerError } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from '../call.ts'
import { commitState } from '../commit.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { checkWriteOptions, isDryRun } from '../http/write_options.ts'
import { GENERATED_NAME_ATTEMPTS_MAX } from '../limits.ts'
import { inOrder } from '../metadata.ts'
import { dropRepeatedOwners } from '../owner_references.ts'
import { attributesOf, prepareNew } from '../pipeline.ts'
import { storeKey, viewOf } from '../storage.ts'
import { fromStorage, toStorage } from '../versions.ts'

/** POST of a new object. */
export async function create(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('CreateOptions', call.request.options)
  const draft = await decodeBody(call, call.target.facts.typeName, call.target.facts.ref)
  checkNamespace(call, draft)
  dropRepeatedOwners(call, draft, 'in what was sent')
  return createDraft(core, call, draft)
}

/** Stores a decoded draft under its name, or under a generated one. @throws ApiError 409 when the name is taken */
export async function createDraft(core: Core, call: Call, draft: MutableObject): Promise<Answer> {
  const generated = !draft.metadata['name'] && Boolean(draft.metadata['generateName'])
  for (let attempt = 1; ; attempt++) {
    const answer = await tryCreate(core, call, attempt === 1 && !generated ? draft : copyOf(draft))
    if (answer !== undefined) return answer
    if (generated && attempt < GENERATED_NAME_ATTEMPTS_MAX) continue
    const of = resourceNameOf(call.target.facts)
    const name = String(draft.metadata['name'] ?? '')
    throw draft.metadata['generateName'] ? noUniqueName(of, name) : alreadyExists(of, name)
  }
}

async function tryCreate(core: Core, call: Call, draft: MutableObject): Promise<Answer | undefined> {
  const { facts } = call.target
  const version = draft.metadata['resourceVersion']
  const prepared = prepareNew(core, call, draft)
  const key = storeKey(facts, call.request.namespace, String(prepared.metadata['name']))
  const isDry = isDryRun(call.request.options)
  if (version && !isDry) throw rawServerError('resourceVersion should not be set on objects to be created')
  if (core.store.head(key) !== undefined) return undefined
  if (isDry) {
    if (version) prepared.metadata['resourceVersion'] = version
    if (isService(facts)) core.services.assign(prepared, undefined, 'dry')()
    const object = fromStorage(facts, inOrder(toStorage(facts, prepared)))
    return objectAnswer(201, facts, { object, bytes: undefined })
  }
  const giveBack = isService(facts) ? core.services.assign(prepared, undefined) : undefined
  const [stored] = await Promise.all([
    commitState(core.store, key, undefined, toStorage(facts, prepared)),
    core.admission.account(attributesOf(call, 'CREATE', prepared, undefined)),
  ])
  if (stored === undefined) giveBack?.()
  return stored === undefined ? undefined : objectAnswer(201, facts, viewOf(facts, stored))
}

/** Services get addresses and ports that no other service may have. */
export const isService = (facts: ResourceFacts): boolean => facts.ref.group === '' && facts.ref.resource === 'services'

/** The namespace of the path goes into the object; another one in the body is an error, or nothing where there are none. */
export function checkNamespace(call: Call, draft: MutableObject): void {
  const { namespace } = call.request
  const sent: unknown = draft.metadata['namespace']
  if (!call.target.facts.ref.namespaced) return void delete draft.metadata['namespace']
  if (sent && sent !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  draft.metadata['namespace'] = namespace
}
