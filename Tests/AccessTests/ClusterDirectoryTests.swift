import Access
import Testing

struct ClusterDirectoryTests {
    private struct Accounts: SystemAccounts {
        var accounts: [SystemAccount] = []
        var isDown = false

        func account(of user: String) async throws(AccessError) -> SystemAccount? {
            if isDown { throw .unavailable(retryAfter: .seconds(1)) }
            return accounts.first { $0.name == user }
        }

        func name(of userID: Int) async throws(AccessError) -> String? {
            if isDown { throw .unavailable(retryAfter: .seconds(1)) }
            return accounts.first { $0.userID == userID }?.name
        }
    }

    private func directory(_ accounts: Accounts, _ users: [ClusterUser]) -> ClusterDirectory {
        ClusterDirectory(
            accounts: accounts, user: { name in users.first { $0.name == name } },
            groupNames: { ["root", "exaadm", "exadbadm"] }, token: { "token" }, revision: { 1 })
    }

    private let system = SystemAccount(
        name: "anna", userID: 1000, groupIDs: [27, 1000], groups: ["sudo", "anna", "exadbadm"])

    @Test func rolesAreThoseOfBothSides() async throws {
        let user = ClusterUser(name: "anna", userID: 501, groupIDs: [499], groups: ["exaadm"], loginEnabled: true)
        let entry = try await directory(Accounts(accounts: [system]), [user]).entry(of: "anna")
        #expect(
            entry
                == DirectoryEntry(
                    name: "anna", userID: 501, groupIDs: [27, 499, 1000], roles: ["exaadm", "exadbadm"]))
    }

    @Test func aSystemUserHasOnlyRolesTheClusterKnows() async throws {
        let entry = try await directory(Accounts(accounts: [system]), []).entry(of: "anna")
        #expect(entry?.roles == ["exadbadm"])
        #expect(entry?.userID == 1000)
        #expect(entry?.loginEnabled == true)
    }

    @Test func aClusterUserNeedsNoSystemAccount() async throws {
        let user = ClusterUser(name: "bert", userID: 502, groupIDs: [], groups: ["exaadm"], loginEnabled: false)
        let entry = try await directory(Accounts(), [user]).entry(of: "bert")
        #expect(entry?.roles == ["exaadm"])
        #expect(entry?.loginEnabled == false)
    }

    /// An account that may not be used, and a user of the cluster without a password or with one.
    @Test(
        arguments: [
            (true, false, nil, false), (true, false, false, false), (true, false, true, true),
            (false, true, nil, false),
            (false, true, true, false), (false, false, nil, true),
        ] as [(Bool, Bool, Bool?, Bool)])
    func whoseAccountIsLockedOrHasEndedMayNotLogIn(
        isLocked: Bool, hasExpired: Bool, hasPassword: Bool?, mayLogIn: Bool
    ) async throws {
        let account = SystemAccount(
            name: "anna", userID: 1000, groupIDs: [], groups: [], isLocked: isLocked, hasExpired: hasExpired)
        let users = hasPassword.map { has in
            ClusterUser(
                name: "anna", userID: 1000, groupIDs: [], groups: ["exaadm"], loginEnabled: true, hasPassword: has)
        }
        let entry = try await directory(Accounts(accounts: [account]), [users].compactMap(\.self)).entry(of: "anna")
        #expect(entry?.loginEnabled == mayLogIn)
    }

    @Test func aStrangerHasNoEntry() async throws {
        #expect(try await directory(Accounts(), []).entry(of: "carl") == nil)
        #expect(await directory(Accounts(), []).bearerToken() == "token")
    }

    @Test func silenceOfTheSystemIsPassedOn() async {
        let silent = directory(Accounts(isDown: true), [])
        await #expect(throws: AccessError.unavailable(retryAfter: .seconds(1))) {
            try await silent.entry(of: "anna")
        }
    }
}
