/// What a job claims while it runs: a key, alone or together with others that share it.
package struct Lock: Sendable, Hashable {
    /// Names the thing, such as `db:DB1`.
    package let key: String
    package let isExclusive: Bool

    package static func shared(_ key: String) -> Lock { Lock(key: key, isExclusive: false) }
    package static func exclusive(_ key: String) -> Lock { Lock(key: key, isExclusive: true) }
}
