import type { MutableObject } from '../../api/kind_rules.ts'
import type { Namespace } from '../../api/types.ts'
import { copyOf } from '../../base/copy.ts'
import { type Answer, type Call, objectAnswer } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { patched } from '../handlers/patch.ts'
import { checkName, checkUid } from '../handlers/update.ts'
import { keepSystemFields } from '../metadata.ts'
import { checkVersion } from '../pipeline.ts'
import { checkWriteOptions } from '../write_options.ts'
import { changeDirectly } from './direct_change.ts'

/** The label by which a namespace is selected by its name; it cannot be taken away. */
const NAME_LABEL = 'kubernetes.io/metadata.name'

/** PUT of a namespace's own finalizers: the last one lets an ending namespace go. */
export async function finalizeNamespace(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('UpdateOptions', call.request.options)
  const draft = await decodeBody(call, call.target.facts.typeName, call.target.facts.ref)
  checkName(call, draft)
  return finalizeWith(core, call, () => copyOf(draft))
}

/** The same by a patch. */
export async function patchFinalizers(core: Core, call: Call): Promise<Answer> {
  const { patchType } = call.request
  const type = patchType === undefined || patchType === 'apply' ? 'merge' : patchType
  return finalizeWith(core, call, (old) => patched(call, type, old, call.target.facts.typeName))
}

async function finalizeWith(core: Core, call: Call, sent: (old: Namespace) => MutableObject): Promise<Answer> {
  const object = await changeDirectly<Namespace>(core, call, (old) => finalized(call, sent(old), old))
  return objectAnswer(200, call.target.facts, { object, bytes: undefined })
}

/** Only the finalizers of the spec and the metadata count. */
function finalized(call: Call, draft: MutableObject, old: Namespace): MutableObject {
  checkUid(call, draft, old)
  checkVersion(call, draft, old)
  keepSystemFields(draft, old)
  const metadata: MutableObject['metadata'] = {
    ...draft.metadata,
    labels: { [NAME_LABEL]: old.metadata.name, ...draft.metadata['labels'] },
  }
  const finalizers: unknown = draft['spec']?.finalizers
  return { ...old, metadata, spec: finalizers === undefined ? {} : { finalizers } }
}
