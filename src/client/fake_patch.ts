type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * A merge patch as RFC 7386 has it, and of the strategic form the two things that controllers use:
 * owner references merge by uid, and `$patch: delete` takes one away.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const result: Fields = isFields(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else if (key === 'ownerReferences') result[key] = mergeOwners(result[key], value)
    else result[key] = applyMergePatch(result[key], value)
  }
  return result
}

function mergeOwners(old: unknown, changes: unknown): unknown {
  const byUid = new Map<unknown, Fields>(((old ?? []) as Fields[]).map((owner) => [owner['uid'], owner]))
  for (const change of changes as Fields[]) {
    if (change['$patch'] === 'delete') byUid.delete(change['uid'])
    else byUid.set(change['uid'], change)
  }
  return [...byUid.values()]
}
