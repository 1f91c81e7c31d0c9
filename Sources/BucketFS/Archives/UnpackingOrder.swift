import Glibc
package import Posix

/// What is asked of a process that unpacks one archive: the words after the program's name, on both sides.
///
/// The archive is its standard input, the folder for the content the one it starts in; it says on its standard output why
/// it did not get on.
package struct UnpackingOrder: Hashable, Sendable {
    /// The first of the words.
    package static let command = "unpack"

    /// Which kind of archive it is.
    package let format: ArchiveFormat
    /// Who the process becomes; `nil` for whoever starts it.
    package let account: FileAccount?
    /// How large the content may be.
    package let limits: ArchiveLimits

    init(_ format: ArchiveFormat, as account: FileAccount?, _ limits: ArchiveLimits) {
        (self.format, self.account, self.limits) = (format, account, limits)
    }

    /// The words after ``command``; `nil` for what are none.
    package init?(_ words: [String]) {
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard let format = words.first.flatMap({ ArchiveFormat(rawValue: $0) }), numbers.count + 1 == words.count,
            numbers.count == 5 || numbers.count == 7
        else { return nil }
        var limits = ArchiveLimits()
        (limits.bytes, limits.entries, limits.freeBytes, limits.ratio) = (
            numbers[0], numbers[1], numbers[2], numbers[3]
        )
        limits.reservedBytes = numbers[4]
        var account: FileAccount?
        if numbers.count == 7 {
            guard let user = uid_t(exactly: numbers[5]), let group = gid_t(exactly: numbers[6]), user != 0 else {
                return nil
            }
            account = FileAccount(user: user, group: group)
        }
        self.init(format, as: account, limits)
    }

    var words: [String] {
        let numbers = [limits.bytes, limits.entries, limits.freeBytes, limits.ratio, limits.reservedBytes]
        let ids = account.map { [Int($0.user), Int($0.group)] } ?? []
        return [format.rawValue] + (numbers + ids).map { String($0) }
    }
}
