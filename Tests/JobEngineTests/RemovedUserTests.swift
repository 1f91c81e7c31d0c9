import Access
import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// What users leave behind who are removed.
@Suite(.timeLimit(.minutes(5))) struct RemovedUserTests {
    private static let removal = JobDefinition(
        name: "test_remove", noun: "test", summary: "Remove ada.", mode: .modify,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .change { (_, document) throws(JobError) in
            do throws(EXAConfError) {
                try document.removeUser("ada")
            } catch {
                throw JobError(.parameterInvalid, error.message)
            }
            return nil
        })

    /// A configuration with the user ada.
    private static func file() throws -> String {
        var document = try Document(parsing: FixtureText.fresh)
        try document.addUser(
            "ada", UserSettings(id: 2001, group: "exaadm", isLoginEnabled: true, passwordHash: "$6$salt$hash"))
        return document.committed().document.text
    }

    @Test func aJobThatWaitsEndsWithItsUserWhoeverHasTheNameNext() async throws {
        let gate = Gate()
        let fixture = EngineFixture(
            catalogue: JobCatalogue([.actOnly, Self.removal]), file: try Self.file()
        ) { command in
            if command.action == "slow" { await gate.wait() }
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            _ = try await scheduler.submit(.fixture("test_act", ["action": "slow"]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let left = try await scheduler.submit(
                JobRequest(
                    type: "test_act", parameters: ["action": "go"],
                    principal: Principal(name: "ada", roles: ["exaadm"], userID: 2001),
                    request: .init(dialect: "rest", address: "127.0.0.1")))
            let removal = try await scheduler.submit(.fixture("test_remove"))
            #expect(try await scheduler.wait(for: removal.id, atMost: .seconds(60)).outcome == .ok)
            let job = try await scheduler.record(left.id)
            #expect(job.outcome == .declined && job.errorCode == .permissionDenied)
            #expect(job.result?.text.contains("is not there any more") == true)
            await gate.open()
        }
    }

    @Test func onlyWhoIsGoneIsRemoved() throws {
        let old = try Document(parsing: Self.file())
        var new = old
        try new.modifyUser("ada", UserSettings(passwordHash: "$6$salt$other"))
        #expect(UserChanges(from: old, to: new).removed == [])
        try new.removeUser("ada")
        #expect(UserChanges(from: old, to: new).removed == ["ada"])
    }
}
