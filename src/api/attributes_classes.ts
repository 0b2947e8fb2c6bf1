import type { PersistentVolumeClaim } from './types.ts'

/** A claim that changes its VolumeAttributesClass has to do with the wanted one and with the one that its volume still has. */
export function attributesClassesOf({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const changing = status?.modifyVolumeStatus?.targetVolumeAttributesClassName
  const names = [spec.volumeAttributesClassName, status?.currentVolumeAttributesClassName, changing]
  return [...new Set(names.flatMap((name) => (name ? [name] : [])))]
}
