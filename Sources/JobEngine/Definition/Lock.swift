/// What a job claims while it runs: a key, alone or together with others that share it.
package struct Lock: Sendable, Hashable {
    /// Names the thing, such as `db:DB1`.
    package let key: String
    /// Whether nobody else may hold the key meanwhile, not even shared.
    package let isExclusive: Bool

    /// A claim that any number of jobs can hold at once, as long as none claims the key exclusively.
    package static func shared(_ key: String) -> Lock { Lock(key: key, isExclusive: false) }
    /// A claim that is held alone: it waits for everyone in front and holds up everyone behind.
    package static func exclusive(_ key: String) -> Lock { Lock(key: key, isExclusive: true) }
}
