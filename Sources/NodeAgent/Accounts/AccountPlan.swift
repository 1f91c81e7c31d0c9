import JobEngine
import Values

/// What has to be done so that a machine's accounts are those that are wanted, found out without touching anything.
struct AccountPlan {
    /// Done one after the other, with a fresh look between them.
    enum Phase: CaseIterable {
        /// Users nobody wants any more.
        case removal
        /// Accounts that are missing, or have another id.
        case shape
        /// Members, shells, passwords.
        case content
        /// Groups nobody wants any more; no user is left to whom they are the main one.
        case cleanup
    }

    /// Ids below it are given out by the system's distributor alone (Linux Standard Base, User ID Ranges).
    static let lowestID = 100

    let wanted: WantedAccounts
    /// What was made here and is there.
    let mine: MadeAccounts
    private let made: MadeAccounts
    private let present: AccountFiles
    private let accounts: any AccountDatabase

    /// Looks at the machine as it is now.
    init(
        _ wanted: WantedAccounts, made: MadeAccounts, _ accounts: any AccountDatabase
    ) throws(InstallError) {
        self.wanted = wanted
        self.accounts = accounts
        self.made = made
        present = try accounts.files()
        mine = made.confirmed(by: present)
    }

    func steps(_ phase: Phase) -> [AccountStep] {
        switch phase {
        case .removal: leaving.flatMap { removal(of: $0) }
        case .shape: groupShapes + userShapes
        case .content: memberships + users.flatMap { content(of: $0, $1) }
        case .cleanup: mine[.group].keys.filter { wanted.groups[$0] == nil }.sorted().map { .removeGroup($0) }
        }
    }

    /// Those that are ours once the steps of this phase were done, or only some of them.
    ///
    /// What is wanted and not there stays among them: a program may still be at it that a killed daemon had started.
    func claims(_ phase: Phase) -> MadeAccounts {
        var claims = MadeAccounts()
        for kind in AccountKind.allCases {
            let (there, wanted) = (present.ids(kind), wanted.ids(kind))
            claims[kind] = made[kind].filter { name, ids in
                there[name].map { ids.contains($0) } ?? (wanted[name] != nil)
            }
        }
        guard phase == .shape else { return claims }
        for step in steps(phase) {
            let (kind, name) = step.account
            if let id = wanted.ids(kind)[name] { claims[kind][name, default: []].insert(id) }
        }
        return claims
    }

    /// Why users and groups that are wanted cannot be accounts here, in words for the operator.
    var faults: [String] {
        let groups = wanted.groups.keys.sorted().compactMap { fault(ofGroup: $0) }
        return (groups + wanted.users.keys.sorted().compactMap { fault(ofUser: $0) }).map(\.message)
    }

    /// Why a group that is wanted cannot be one of this machine; `nil` when it is ours already, or can be made.
    func fault(ofGroup name: String) -> JobError? {
        fault(of: name, .group)
    }

    /// The same of a user, whose main group has to be one of ours, too.
    func fault(ofUser name: String) -> JobError? {
        guard let user = wanted.users[name] else { return nil }
        if let fault = fault(of: name, .user) { return fault }
        let isMade = mine[.group][user.group] != nil || wanted.groups[user.group] != nil
        guard isMade, fault(ofGroup: user.group) == nil else {
            return JobError(
                .objectExists,
                "User '\(name)' can have no account on this node: its main group '\(user.group)' is not one confd made."
            )
        }
        return nil
    }

    private func fault(of name: String, _ kind: AccountKind) -> JobError? {
        guard let id = kind == .user ? wanted.users[name]?.id : wanted.groups[name]?.id, mine[kind][name] != [id] else {
            return nil
        }
        let title = kind == .user ? "User" : "Group"
        guard Self.isAccountName(name) else {
            return .invalid(
                "\(kind.rawValue)name",
                "\(title) '\(name.echoed)' can have no account on this node: begin the name with a-z or '_', go on "
                    + "with these, digits and '-', 32 characters at most.")
        }
        guard id >= Self.lowestID else {
            return .invalid(
                "\(kind.rawValue)id",
                "\(title) '\(name)' can have no account on this node: ids begin at \(Self.lowestID).")
        }
        guard mine[kind][name] != nil || accounts.id(of: name, kind) == nil else {
            return JobError(
                .objectExists,
                "\(title) '\(name)' exists on this node and was not made by confd, which leaves it alone: give another "
                    + "name, or remove it there.")
        }
        if let holder = accounts.name(of: id, kind), holder != name, kind == .group || !leaving.contains(holder) {
            return JobError(
                .objectExists, "The id \(id) of \(kind.rawValue) '\(name)' is that of '\(holder)' on this node.")
        }
        return nil
    }

    private static func isAccountName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 32 else { return false }
        func begins(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") }
        return begins(first)
            && name.utf8.allSatisfy { begins($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// Users of ours that nobody wants any more.
    private var leaving: [String] { mine[.user].keys.filter { wanted.users[$0] == nil }.sorted() }

    /// A user with processes cannot be removed; a closed account starts no more of them.
    private func removal(of name: String) -> [AccountStep] {
        guard let user = present.users[name] else { return [] }
        return [
            .setHash("!", of: name),
            .changeUser(name, groupID: user.groupID, shell: AccountStep.noShell, isOpen: false), .removeUser(name),
        ]
    }

    private var groupShapes: [AccountStep] {
        wanted.groups.sorted { $0.key < $1.key }.compactMap { name, group in
            guard fault(ofGroup: name) == nil else { return nil }
            guard let ids = mine[.group][name] else { return .addGroup(name, id: group.id) }
            return ids == [group.id] ? nil : .renumberGroup(name, id: group.id)
        }
    }

    private var userShapes: [AccountStep] {
        wanted.users.sorted { $0.key < $1.key }.compactMap { name, user in
            guard fault(ofUser: name) == nil else { return nil }
            guard let ids = mine[.user][name] else {
                return wanted.groups[user.group].map { .addUser(name, id: user.id, groupID: $0.id) }
            }
            return ids == [user.id] ? nil : .renumberUser(name, id: user.id)
        }
    }

    /// Users of ours that are wanted, by name.
    var users: [(String, WantedAccounts.User)] {
        wanted.users.filter { mine[.user][$0.key] != nil }.sorted { $0.key < $1.key }
    }

    /// Only groups of ours get members, and only users of ours.
    private var memberships: [AccountStep] {
        mine[.group].keys.sorted().compactMap { name in
            guard let group = wanted.groups[name] else { return nil }
            let members = group.members.filter { mine[.user][$0] != nil }
            return members == present.groups[name]?.members ? nil : .setMembers(members.sorted(), of: name)
        }
    }

    /// The password first: an account is opened with the one it is to have.
    private func content(of name: String, _ user: WantedAccounts.User) -> [AccountStep] {
        guard let now = present.users[name] else { return [] }
        var steps: [AccountStep] = []
        let hash = user.isLoginEnabled ? user.hash : "!"
        if now.hash != hash { steps.append(.setHash(hash, of: name)) }
        let group = mine[.group][user.group]?.first ?? now.groupID
        let shell =
            !user.isLoginEnabled ? AccountStep.noShell : now.shell == AccountStep.noShell ? accounts.shell : now.shell
        let expiry = user.isLoginEnabled ? "" : AccountStep.closed.day
        if (now.groupID, now.shell, now.expiry) != (group, shell, expiry) {
            steps.append(.changeUser(name, groupID: group, shell: shell, isOpen: user.isLoginEnabled))
        }
        return steps
    }
}
