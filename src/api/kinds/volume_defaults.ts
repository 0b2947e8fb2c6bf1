import { claimSpecDefaults } from './claim_defaults.ts'
import { fill, items, type Loose, part } from './draft.ts'
import { imageIsLatest } from './image_name.ts'

/** 0644 */
const FILE_MODE_DEFAULT = 0o644
const TOKEN_SECONDS_DEFAULT = 3600

/** A volume without a source is an empty directory. */
export function volumeDefaults(volume: Loose): void {
  if (Object.keys(volume).every((field) => field === 'name')) volume.emptyDir = {}
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source) source.defaultMode ??= FILE_MODE_DEFAULT
  }
  downwardDefaults(volume.downwardAPI)
  for (const source of items(volume.projected?.sources)) projectedDefaults(source)
  if (volume.hostPath) volume.hostPath.type ??= ''
  if (volume.iscsi) fill(volume.iscsi, 'iscsiInterface', 'default')
  if (volume.ephemeral?.volumeClaimTemplate) claimSpecDefaults(part(volume.ephemeral.volumeClaimTemplate, 'spec'))
  if (volume.image)
    fill(volume.image, 'pullPolicy', imageIsLatest(volume.image.reference ?? '') ? 'Always' : 'IfNotPresent')
  driverDefaults(volume)
}

function projectedDefaults(source: Loose): void {
  if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS_DEFAULT
  downwardDefaults(source.downwardAPI)
}

function downwardDefaults(source: Loose): void {
  for (const file of items(source?.items)) {
    if (file.fieldRef) fill(file.fieldRef, 'apiVersion', 'v1')
    if (file.resourceFieldRef) file.resourceFieldRef.divisor ??= '0'
  }
}

/** Drivers that upstream keeps for old objects. */
export function driverDefaults(source: Loose): void {
  if (source.rbd) {
    fill(source.rbd, 'pool', 'rbd')
    fill(source.rbd, 'user', 'admin')
    fill(source.rbd, 'keyring', '/etc/ceph/keyring')
  }
  if (source.azureDisk) {
    fill(source.azureDisk, 'cachingMode', 'ReadWrite')
    fill(source.azureDisk, 'kind', 'Shared')
    fill(source.azureDisk, 'fsType', 'ext4')
    source.azureDisk.readOnly ??= false
  }
  if (source.scaleIO) {
    fill(source.scaleIO, 'storageMode', 'ThinProvisioned')
    fill(source.scaleIO, 'fsType', 'xfs')
  }
}
