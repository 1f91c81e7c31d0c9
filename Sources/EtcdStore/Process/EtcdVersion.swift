/// The version of an `etcd` program.
package struct EtcdVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 3 of 3.4.23.
    package let major: Int
    /// 4 of 3.4.23.
    package let minor: Int
    /// 23 of 3.4.23.
    package let patch: Int

    /// Takes the numbers as they are.
    package init(major: Int, minor: Int, patch: Int) {
        (self.major, self.minor, self.patch) = (major, minor, patch)
    }

    /// What `etcd --version` says, `nil` for what says no version.
    package init?(reading output: String) {
        let lines = output.split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.hasPrefix("etcd Version:") }),
            let word = line.split(separator: " ").last
        else { return nil }
        self.init(text: word)
    }

    /// Three numbers with dots between; what follows a hyphen or a plus, as of Debian's builds, is passed over.
    package init?(text: some StringProtocol) {
        let plain = text.prefix { $0 != "-" && $0 != "+" && $0 != "~" }
        let numbers = plain.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2],
            major >= 0, minor >= 0, patch >= 0
        else { return nil }
        self.init(major: major, minor: minor, patch: patch)
    }

    /// Whether the daemon can work with it: from 3.4 on, which has learners.
    package var isSupported: Bool { major == 3 && minor >= 4 }

    /// Whether data of another version may be opened by this one: only within a minor version. Between them members have to
    /// be moved by steps that some versions get wrong; a new etcd from the state of a node is sure.
    package func opens(dataOf other: EtcdVersion) -> Bool { major == other.major && minor == other.minor }

    package var description: String { "\(major).\(minor).\(patch)" }

    package static func < (left: EtcdVersion, right: EtcdVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}
