import type { ObjectRef } from '../../api/resource.ts'
import type { KubeObject } from '../../api/types.ts'

/** Waits for a call and forgives the failures that mean that there is nothing left to do. */
export async function unless(forgives: (error: unknown) => boolean, call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!forgives(error)) throw error
  }
}

export const refOf = (object: KubeObject): ObjectRef => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
})

/** The precondition that a call means this very object, not whatever has its name by now. */
export const uidOf = (object: KubeObject): { readonly uid: string } => ({ uid: object.metadata.uid })
