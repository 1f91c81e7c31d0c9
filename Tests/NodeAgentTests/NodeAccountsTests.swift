import Access
import EXAConf
import Foundation
import JobEngine
import Testing

@testable import NodeAgent

struct NodeAccountsTests {
    private let place: TemporaryInstallation
    private let machine = PretendedMachine(
        passwd:
            "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nowner:x:3000:3000::/home/owner:/bin/sh\n",
        group: "root:x:0:\nstaff:x:50:owner\nowner:x:3000:\n",
        shadow: "root:*:1:0:99999:7:::\nowner:$6$a$b:1:0:99999:7:::\n")
    private let hash = "$6$salt$hash"

    init() throws {
        place = try TemporaryInstallation()
    }

    /// A daemon of its own each time: what it knows of accounts it has read.
    private func accounts() -> NodeAccounts {
        NodeAccounts(
            root: place.root, time: SystemTimeSource(), accounts: machine)
    }

    private func configuration(_ groups: [String: Int], _ users: [String: UserSettings]) throws -> Document {
        var document = try Document(parsing: "[Global]\n    Revision = 1\n    Checksum = NONE\n")
        for (name, id) in groups { try document.addGroup(name, id: id) }
        for (name, settings) in users { try document.addUser(name, settings) }
        return document
    }

    private func alice(_ change: (inout UserSettings) -> Void = { _ in }) -> UserSettings {
        var settings = UserSettings(
            id: 2001, group: "people", isLoginEnabled: true, passwordHash: hash, additionalGroups: ["admins"],
            authorizedKeys: ["ssh-ed25519 AAAA alice"])
        change(&settings)
        return settings
    }

    private let groups = ["people": 500, "admins": 499]
    private var keys: String { place.root.etc + "/authorized_keys/alice" }
    private var record: String { place.root.etc + "/accounts.json" }

    @Test func usersAndGroupsBecomeAccountsWithPasswordKeysAndMemberships() async throws {
        let before = machine.present
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        var wanted = before
        wanted.groups["people"] = AccountFiles.Group(id: 500)
        wanted.groups["admins"] = AccountFiles.Group(id: 499, members: ["alice"])
        wanted.users["alice"] = AccountFiles.User(id: 2001, groupID: 500, shell: "/bin/bash", hash: hash)
        #expect(machine.present == wanted)
        #expect(place.text(keys) == "ssh-ed25519 AAAA alice\n")
        #expect((place.mode(keys), place.mode(record)) == (0o600, 0o600))
        #expect(machine.steps.allSatisfy { !$0.command.arguments.contains { $0.contains("$6$") } })
    }

    @Test func whatIsAsItShouldBeIsLeftAlone() async throws {
        let document = try configuration(groups, ["alice": alice()])
        await accounts().follow(document)
        _ = machine.steps
        await accounts().follow(document)
        #expect(machine.steps.isEmpty)
        // A shell that the user chose stays.
        machine.change { $0.files.users["alice"]?.shell = "/bin/zsh" }
        await accounts().follow(document)
        #expect(machine.steps.isEmpty)
    }

    @Test func changesOfTheConfigurationAndByHandAreFollowed() async throws {
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        machine.change { $0.files.users["alice"]?.hash = "$6$by$hand" }
        let changed = alice {
            $0.id = 2005
            $0.group = "admins"
            $0.additionalGroups = []
            $0.authorizedKeys = []
        }
        await accounts().follow(try configuration(["people": 600, "admins": 499], ["alice": changed]))
        let user = try #require(machine.present.users["alice"])
        #expect(user == AccountFiles.User(id: 2005, groupID: 499, shell: "/bin/bash", hash: hash))
        #expect(machine.present.groups["people"]?.id == 600)
        #expect(machine.present.groups["admins"]?.members == [])
        #expect(place.text(keys) == nil)
    }

    @Test func aUserWhoMayNotLogInIsClosedInEveryWay() async throws {
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        await accounts().follow(try configuration(groups, ["alice": alice { $0.isLoginEnabled = false }]))
        let user = try #require(machine.present.users["alice"])
        #expect(user == AccountFiles.User(id: 2001, groupID: 500, shell: AccountStep.noShell, hash: "!", expiry: "1"))
        #expect(place.text(keys) == nil)
        await accounts().follow(try configuration(groups, ["alice": alice { $0.passwordHash = nil }]))
        #expect(machine.present.users["alice"]?.hash == "*")
        #expect(machine.present.users["alice"]?.expiry == "")
    }

    @Test func whatTheConfigurationNoLongerHasIsRemovedAndNothingElse() async throws {
        let before = machine.present
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        await accounts().follow(try configuration([:], [:]))
        #expect(machine.present == before)
        #expect(place.text(record) == #"{"group":{},"user":{},"version":1}"# + "\n")
    }

    @Test(arguments: [
        ("owner", 2001, "people"), ("alice", 3000, "people"), ("alice", 2001, "staff"), ("ldap", 2001, "people"),
        ("alice", 99, "people"), ("Alice", 2001, "people"), ("-alice", 2001, "people"), ("a.b", 2001, "people"),
    ])
    func anAccountOfSomebodyElseIsNeverTouched(name: String, id: Int, group: String) async throws {
        machine.change { $0.directory["ldap"] = 2001 }
        let before = machine.present.users
        var settings = alice { $0.id = id }
        settings.group = group
        let document = try configuration(groups.merging(["staff": 50]) { $1 }, [name: settings])
        let accounts = accounts()
        await accounts.follow(document)
        #expect(machine.present.users == before)
        #expect(machine.present.groups["staff"] == AccountFiles.Group(id: 50, members: ["owner"]))
        await #expect(throws: ActionError.self) { try await accounts.check(WantedAccounts(document)) }
        await accounts.follow(try configuration([:], [:]))
        #expect(machine.present.users == before)
    }

    @Test func rootIsNoAccountThatFollows() async throws {
        let before = machine.present
        await accounts().follow(
            try configuration(["root": 0], ["root": alice { ($0.id, $0.group, $0.additionalGroups) = (0, "root", []) }])
        )
        #expect(machine.present == before)
        #expect(machine.steps.isEmpty)
    }

    @Test func anAccountThatWasMadeAnewByHandIsSomebodyElses() async throws {
        let document = try configuration(groups, ["alice": alice()])
        await accounts().follow(document)
        let own = AccountFiles.User(id: 4711, groupID: 3000, shell: "/bin/sh", hash: "$6$own$own")
        machine.change { $0.files.users["alice"] = own }
        await accounts().follow(document)
        await accounts().follow(try configuration([:], [:]))
        #expect(machine.present.users["alice"] == own)
    }

    @Test func aUserWithProcessesIsClosedAndRemovedLater() async throws {
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        machine.change { $0.failing = ["userdel"] }
        await accounts().follow(try configuration(groups, [:]))
        #expect(machine.present.users["alice"]?.hash == "!")
        #expect(machine.present.users["alice"]?.expiry == "1")
        #expect(place.text(keys) == nil)
        machine.change { $0.failing = [] }
        await accounts().follow(try configuration(groups, [:]))
        #expect(machine.present.users["alice"] == nil)
    }

    @Test(arguments: ["groupadd", "useradd", "chpasswd", "usermod", "gpasswd"])
    func whatFailedIsDoneTheNextTime(program: String) async throws {
        let document = try configuration(groups, ["alice": alice()])
        machine.change { $0.failing = [program] }
        await accounts().follow(document)
        let half = machine.present.users["alice"]
        #expect(half == nil || half?.hash != hash || half?.expiry == "1" || program == "gpasswd")
        machine.change { $0.failing = [] }
        await accounts().follow(document)
        #expect(
            machine.present.users["alice"] == AccountFiles.User(id: 2001, groupID: 500, shell: "/bin/bash", hash: hash))
        #expect(machine.present.groups["admins"]?.members == ["alice"])
    }

    @Test func whatACrashLeftHalfDoneIsKnownAsOurs() async throws {
        // The record is written before the program runs: the account is there, but nothing was noted since.
        try place.write(#"{"version": 1, "user": {"alice": [2001, 2005]}, "group": {"people": [500]}}"#, to: record)
        machine.change {
            $0.files.groups["people"] = AccountFiles.Group(id: 500)
            $0.files.users["alice"] = AccountFiles.User(id: 2005, groupID: 500, shell: AccountStep.noShell, hash: "!")
        }
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        #expect(
            machine.present.users["alice"] == AccountFiles.User(id: 2001, groupID: 500, shell: "/bin/bash", hash: hash))
    }

    @Test func whatAProgramOfAKilledDaemonMakesMeanwhileIsKnownAsOurs() async throws {
        try place.write(#"{"version": 1, "user": {"alice": [2001]}, "group": {"people": [500]}}"#, to: record)
        machine.change { $0.late = ("alice", AccountFiles.User(id: 2001, groupID: 500, shell: AccountStep.noShell)) }
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        #expect(machine.present.users["alice"]?.hash == hash)
        #expect(machine.present.users["alice"]?.expiry == "")
    }

    @Test func withAnUnreadableRecordNothingIsTouched() async throws {
        try place.write("{", to: record)
        let before = machine.present
        await accounts().follow(try configuration(groups, ["alice": alice()]))
        #expect(machine.present == before)
        #expect(place.text(record) == "{")
    }

    @Test func aHashThatWouldEndItsLineIsNotWritten() async throws {
        var document = try configuration(groups, ["alice": alice()])
        try document.set("Passwd", to: "$6$a:b", in: .user("alice"))
        await accounts().follow(document)
        #expect(machine.present.users["alice"]?.hash == "*")
    }

    @Test func aNewUserAndHisNewGroupAreCheckedTogether() async throws {
        let accounts = accounts()
        try await accounts.check(WantedAccounts(try configuration(groups, ["alice": alice()])))
        let taken = try configuration(["staff": 700, "people": 500], ["owner": alice { $0.additionalGroups = [] }])
        do {
            try await accounts.check(WantedAccounts(taken))
            Issue.record("It was not refused.")
        } catch {
            guard case .refused(let reason) = error else { throw error }
            #expect(reason.code == .objectExists)
            #expect(reason.message.contains("Group 'staff'") && reason.message.contains("User 'owner'"))
        }
    }
}

extension NodeAccounts {
    /// Follows a configuration as the driver has it done.
    fileprivate func follow(_ document: Document) async {
        try? await reconcile(from: nil, to: DecidedConfiguration(document, revision: 1))
    }
}
