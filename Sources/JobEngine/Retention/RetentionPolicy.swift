/// How long the store keeps jobs that have ended, before they go to the archive.
package struct RetentionPolicy: Sendable, Hashable {
    /// From the end of a job on; `nil` for ever. Default 30 days.
    package var age: Duration? = .seconds(30 * 86_400)
    /// So many of those that ended last; `nil` for any number. Default 10,000,000.
    package var count: Int? = 10_000_000
    /// As long as the store holds no more than so many bytes; `nil` for any number. Default none.
    package var bytes: Int?

    /// What holds when no setting says otherwise.
    package init() {}
}
