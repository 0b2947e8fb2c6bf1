import { messageOf } from '../../base/log.ts'
import type { RuntimeImage } from '../../node/runtime.ts'
import { ImageError } from '../../node/runtime.ts'
import { normalizeReference } from '../images/reference.ts'
import type { CriClient } from './cri_client.ts'
import { QUERY_DEADLINE_MS } from './limits.ts'
import type { WireImage } from './messages.ts'

/** Brings images into a node's containerd: from the machine's image store, by a recipe, or from a registry. */
export interface ImageSource {
  /** What the image with this name and id really is; undefined when it is no stand-in. */
  standInFor(reference: string, id: string): string | undefined
  /** Whether the machine has another image under this name by now: one that was built or loaded anew. */
  isOutdated(reference: string, id: string): boolean
  /** The id that `bring` would bring, as far as that is known without fetching it. */
  newestId(wanted: ImageRequest): Promise<string | undefined>
  /** Makes the image known to containerd under its reference. @throws Error that says why it cannot be had */
  bring(wanted: ImageRequest): Promise<void>
}

export interface ImageRequest {
  readonly reference: string
  readonly policy: 'Always' | 'IfNotPresent' | 'Never'
  /** For the registry, as in a secret's `.dockerconfigjson`. */
  readonly credentials?: string
  /** Called before anything is fetched. */
  readonly onPull?: () => void
}

/** @throws ImageError */
export async function ensureImage(
  client: CriClient,
  source: ImageSource,
  request: ImageRequest,
): Promise<RuntimeImage> {
  const { reference: wanted, policy, onPull } = request
  const reference = normalizeReference(wanted)
  if (reference === undefined) {
    throw new ImageError('InvalidImageName', `Failed to apply default image tag "${wanted}": invalid reference format`)
  }
  const full = { ...request, reference }
  const present = await statusOf(client, reference)
  if (present !== undefined && (await willDo(source, full, present))) {
    return imageOf(present, wanted, { pulled: false, standsInFor: source.standInFor(reference, present.id) })
  }
  if (policy === 'Never') {
    throw new ImageError('ErrImageNeverPull', `Container image "${wanted}" is not present with pull policy of Never`)
  }
  onPull?.()
  await source.bring(full).catch((error) => {
    throw new ImageError('ErrImagePull', `failed to pull and unpack image "${reference}": ${messageOf(error)}`)
  })
  const brought = await statusOf(client, reference)
  if (brought === undefined) throw new ImageError('ErrImagePull', `image "${reference}" vanished after its import`)
  return imageOf(brought, wanted, { pulled: true, standsInFor: source.standInFor(reference, brought.id) })
}

/** Whether the node's own copy will do. "Always" asks the image's origin; else a node follows the machine's store. */
async function willDo(source: ImageSource, wanted: ImageRequest, present: WireImage): Promise<boolean> {
  if (wanted.policy === 'Never') return true
  if (wanted.policy === 'IfNotPresent') return !source.isOutdated(wanted.reference, present.id)
  return (await source.newestId(wanted).catch(() => undefined)) === present.id
}

async function statusOf(client: CriClient, reference: string): Promise<WireImage | undefined> {
  const request = { image: { image: reference } }
  const answer = await client.call<{ image: WireImage | null }>('ImageStatus', request, QUERY_DEADLINE_MS)
  return answer.image ?? undefined
}

function imageOf(
  wire: WireImage,
  reference: string,
  how: { readonly pulled: boolean; readonly standsInFor: string | undefined },
): RuntimeImage {
  // An absent message means root: the runtime leaves the field out for number 0 as well.
  const user = wire.uid === null ? (wire.username === '' ? 0 : undefined) : Number(wire.uid.value)
  return {
    reference,
    id: wire.id,
    pulled: how.pulled,
    ...(how.standsInFor !== undefined && { standsInFor: how.standsInFor }),
    ...(user !== undefined && { user }),
  }
}
