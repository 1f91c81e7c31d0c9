package import Access

/// Tokens of a cluster: they are made and taken away by entries of its log and are read from the state of this node, so that each
/// works on every node.
///
/// A node that does not decide throws `noMaster` for whatever makes one or takes one away.
package struct ReplicatedTokens: TokenStore {
    private let store: ReplicatedStore
    private let node: any NodeTokens

    /// - Parameter node: The tokens in the state the store applies to.
    package init(_ store: ReplicatedStore, node: any NodeTokens) {
        self.store = store
        self.node = node
    }

    /// Those that ended before it was made do not count, and go with its entry on every node.
    package func add(_ token: APIToken, limit: Int, asOf revision: Int) async throws(AccessError) -> Bool {
        try await store.decide { () async throws(AccessError) in
            guard try await node.allowsToken(of: token.user, asOf: revision) else { throw .authenticationFailed }
            let alive = try await node.tokens(of: token.user).count { $0.isAlive(at: token.madeAt) }
            return alive < limit ? Decision(true, [.tokenAdded(token, asOf: revision)]) : Decision(false)
        }
    }

    package func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken? {
        try await node.token(secretHash: secretHash)
    }

    package func tokens(of user: String?) async throws(AccessError) -> [APIToken] { try await node.tokens(of: user) }

    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await node.noteUse(of: id, at: time)
    }

    package func removeToken(id: String) async throws(AccessError) -> APIToken? {
        try await store.decide { () async throws(AccessError) in
            let token = try await node.token(id: id)
            return Decision(token, token == nil ? [] : [.tokenEnded(id)])
        }
    }
}
