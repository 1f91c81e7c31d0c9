import Synchronization

extension LoginService {
    /// The principal at the other end of a local socket, whose id the operating system has told.
    ///
    /// Id 0 is root, whatever EXAConf says of root's login, and may act as any other user who may log in; so is the account
    /// the daemon runs as, which has all its files. Every other id is the user with the name of its account, unless EXAConf
    /// has a user of that name with another id: that is somebody else, and has never root's role.
    ///
    /// - Parameter user: Who the peer wants to act as; `nil` for the peer's own user.
    /// - Throws: `authenticationFailed` when there is no such user, the user may not log in, or the peer may not act as
    ///   that user; `unavailable`.
    package func recognise(peer peerID: Int, as user: String?, from address: String) async throws(AccessError)
        -> Principal
    {
        let userID = peerID == policy.daemonUserID ? 0 : peerID
        let name = try await peerName(userID)
        let attempt = attempt(user ?? name ?? "", .peer, from: address)
        let key = keys.key(method: .peer, name: "\(userID) \(attempt.user)")
        let (known, generation) = state.withLock {
            ($0.cache.principal(for: key, at: attempt.start), $0.cache.generation)
        }
        if let known { return known.proven(asOf: attempt.asOf) }
        guard let name, let principal = try await principal(ofPeer: userID, named: name, attempt) else {
            throw await refused(
                attempt, "no user of the cluster has the name and the id \(userID) of the local account")
        }
        await record(.login, of: attempt, detail: nil, fields: ["peer_id": "\(peerID)"])
        let now = time.monotonic
        state.withLock { $0.cache.keep(principal, for: key, generation: generation, at: now) }
        return principal
    }

    func peerName(_ userID: Int) async throws(AccessError) -> String? {
        userID == 0 ? Principal.rootName : try await directory.accountName(of: userID)
    }

    func principal(
        ofPeer userID: Int, named name: String, _ attempt: Attempt
    ) async throws(AccessError) -> Principal? {
        if userID == 0, attempt.user == Principal.rootName {
            return Principal(name: name, roles: [name], userID: 0, groupIDs: [0], method: .peer)
                .proven(asOf: attempt.asOf).proven(by: .peer(userID), since: attempt.start)
        }
        guard userID == 0 || attempt.user == name, let user = try await enabledPrincipal(attempt) else { return nil }
        guard userID == 0 || user.userID == userID else { return nil }
        return granted(user, by: .peer)?.proven(by: .peer(userID), since: attempt.start)
    }
}
