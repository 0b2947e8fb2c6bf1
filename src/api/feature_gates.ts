/**
 * What is on unless `--feature-gates` says otherwise. v1.36 ships MaxUnavailableStatefulSet off and
 * drops the field without a word; `docs/compatibility.md` says why it is on here.
 */
const ON_BY_DEFAULT = { MaxUnavailableStatefulSet: true }

export type FeatureGate = keyof typeof ON_BY_DEFAULT

/** Gates by the names that upstream gives them; one that is not in the map has its default. */
export type FeatureGates = ReadonlyMap<string, boolean>

export const isEnabled = (gates: FeatureGates, gate: FeatureGate): boolean => gates.get(gate) ?? ON_BY_DEFAULT[gate]
