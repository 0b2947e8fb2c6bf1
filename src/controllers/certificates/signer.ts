/** A certificate that somebody may have. */
export interface WantedCertificate {
  /** The PKCS#10 request as PEM. */
  readonly request: string
  readonly seconds?: number
}

/** What a request says of its owner. */
export interface RequestSubject {
  readonly commonName: string
  readonly organizations: readonly string[]
}

/** Makes client certificates that this cluster's API server trusts. A port: keys live on the machine. */
export interface CertificateSigner {
  /** Rejects when the request is none, or is not signed with its own key. */
  subjectOf(request: string): Promise<RequestSubject>
  /** The certificate as PEM. */
  sign(wanted: WantedCertificate): Promise<string>
}
