import JobEngine
import Values

/// The accounts of this machine that the daemon made: it changes and removes these and no others.
///
/// Each has the ids it may have: one, or two while it gets another one, so that a crash at any moment leaves none that is
/// not known. An account of the same name with an id that is not among them was made by somebody else.
struct MadeAccounts: Sendable, Hashable {
    private var ids: [AccountKind: [String: Set<Int>]] = [:]

    /// None.
    init() {}

    /// Reads the record; no file, no accounts.
    ///
    /// - Throws: ``InstallError`` for one that cannot be read: nothing may be touched then.
    init(reading bytes: [UInt8]?, from path: String) throws(InstallError) {
        guard let bytes else { return }
        guard let record = try? JSON.parse(bytes).map, record["version"] == 1 else {
            throw InstallError(
                "\(path) cannot be read, which says what accounts the daemon made: put a copy back. Without the file all "
                    + "accounts count as made by others.")
        }
        for kind in AccountKind.allCases {
            let entries = record[kind.rawValue]?.map ?? [:]
            self[kind] = entries.mapValues { Set(($0.list ?? []).compactMap(\.int)) }
        }
    }

    /// The record as it is kept.
    var bytes: [UInt8] {
        var record: [String: Value] = ["version": 1]
        for kind in AccountKind.allCases { record[kind.rawValue] = .map(self[kind].mapValues { .ints($0.sorted()) }) }
        return JSON.bytes(.map(record)) + Array("\n".utf8)
    }

    /// The ids of each name.
    subscript(kind: AccountKind) -> [String: Set<Int>] {
        get { ids[kind] ?? [:] }
        set { ids[kind] = newValue }
    }

    /// Those that are there, with the id they have.
    func confirmed(by files: AccountFiles) -> MadeAccounts {
        var confirmed = MadeAccounts()
        for kind in AccountKind.allCases {
            let present = files.ids(kind).filter { self[kind][$0.key]?.contains($0.value) == true }
            confirmed[kind] = present.mapValues { [$0] }
        }
        return confirmed
    }
}
