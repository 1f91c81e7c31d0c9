import Certificates

/// What a login stands on, so that whatever lasts longer than its request can be looked at again by ``LastingLogin``.
///
/// It is worth nothing as a credential.
package struct CredentialState: Sendable, Hashable {
    /// What was shown, as far as it can end by itself.
    enum Proof: Sendable, Hashable {
        case password
        /// The SHA-256 of a session's token.
        case session([UInt8])
        /// The SHA-256 of the secret of a token a user made.
        case token([UInt8])
        /// The SHA-256 of the cluster's token.
        case clusterToken([UInt8])
        /// The id of the account at the other end of a local socket.
        case peer(Int)
        /// Nothing but the name of the user, whom somebody else answers for.
        case named(Principal.Method)
    }

    /// Whose login it is.
    let user: String

    /// The user's numeric id then: somebody else of the name has another one.
    let userID: Int?

    /// What the user showed.
    let proof: Proof

    /// The client certificate it came from, whatever was shown since: a session or token ends with it, too.
    var certificate: CertificateID?

    /// The id of the session it is; `nil` for a login without one.
    var sessionID: String?

    /// The roles the login is limited to; `nil` for all the user has.
    var limits: Set<String>?

    /// The revision in force when it began to be checked.
    var asOf = 0

    /// When it began to be checked, in monotonic time.
    var begin = Duration.zero

    /// Wall time at which it ends by itself, milliseconds since 1970; `nil` for never.
    var expiresAt: Int64?

    init(user: String, userID: Int?, proof: Proof) {
        self.user = user
        self.userID = userID
        self.proof = proof
    }

    /// The id of the account at the other end of a local socket, which let the user in; `nil` for any other login.
    package var peerID: Int? {
        if case .peer(let userID) = proof { userID } else { nil }
    }

    /// How the user proved who they are.
    var method: Principal.Method {
        switch proof {
        case .password: .password
        case .session: .session
        case .token: .token
        case .clusterToken: .bearer
        case .peer: .peer
        case .named(let method): method
        }
    }
}

extension Principal {
    /// The revision in force when the check of the credential began: what ended the user's logins with a later one ends
    /// what comes of this proof, too.
    package var asOf: Int { credential.asOf }

    /// The id of the session the user came by; `nil` for any other login.
    package var sessionID: String? { credential.sessionID }

    /// The same user, who came by a session.
    func within(_ session: Session) -> Principal {
        var copy = self
        copy.credential.sessionID = session.id
        return copy
    }

    func proven(asOf revision: Int) -> Principal {
        var copy = self
        copy.credential.asOf = revision
        return copy
    }

    /// The same user, who has shown this.
    ///
    /// - Parameters:
    ///   - begin: When it began to be checked, in monotonic time.
    ///   - end: Wall time at which it ends by itself, milliseconds since 1970.
    func proven(by proof: CredentialState.Proof, since begin: Duration, until end: Int64? = nil) -> Principal {
        var copy = self
        copy.credential = CredentialState(user: name, userID: userID, proof: proof)
        copy.credential.limits = credential.limits
        copy.credential.certificate = credential.certificate
        copy.credential.asOf = asOf
        copy.credential.begin = begin
        copy.credential.expiresAt = end
        return copy
    }

    /// The same login, which came from a client certificate.
    func vouched(by certificate: CertificateID?) -> Principal {
        var copy = self
        copy.credential.certificate = certificate
        return copy
    }

    /// The user as they are now, with what was shown before and no more rights than it gave.
    func standing(on credential: CredentialState) -> Principal {
        var user = Principal(
            name: name, roles: roles, userID: userID, groupIDs: groupIDs, method: credential.method,
            isLimited: isLimited)
        user.credential = credential
        return credential.limits.map { user.limited(to: $0) } ?? user
    }
}
