import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Jobs on users and groups where accounts of nodes follow them.
struct AccountCheckTests {
    private func trial(_ name: String, _ parameters: [String: Value]) throws -> JobTrial {
        let definition = try JobCatalogue.confd.checkingAccounts.definition(name)
        return try JobTrial(definition, parameters, answers: [.null, .null])
    }

    private let user: [String: Value] = [
        "group": "exausers", "login_enabled": true, "password": "open sesame", "userid": 3000, "username": "user_1",
    ]

    @Test func aNewUserIsCheckedOnEveryNodeThatCanBeReachedAndHisPasswordIsNotSent() throws {
        let trial = try trial("user_create", user)
        #expect(trial.after.user(named: "user_1") != nil)
        let commands = try #require(trial.plan?.commands)
        #expect(commands.map(\.node) == [11, 12])
        let news: [String: Value] = ["groups": [:], "users": ["user_1": ["id": 3000, "group": "exausers"]]]
        #expect(commands.allSatisfy { $0.action == "accounts.check" && $0.arguments == news && $0.undo == nil })
    }

    @Test func aNewGroupIsCheckedToo() throws {
        let commands = try trial("group_create", ["groupname": "climbers", "groupid": 4000]).plan?.commands
        #expect(commands?.first?.arguments == ["groups": ["climbers": 4000], "users": [:]])
    }

    @Test(arguments: [(["group": "exausers"], 2), (["login_enabled": false], 0)] as [([String: Value], Int)])
    func onlyWhatIsNewToANodeIsChecked(change: [String: Value], commands: Int) throws {
        let trial = try trial("user_modify", change.merging(["username": "probe"]) { $1 })
        #expect(trial.plan?.commands.count == commands)
    }

    @Test func withoutTheSettingTheJobsAreWhatTheyWere() throws {
        #expect(try JobTrial(.userCreate, user).plan == nil)
        let concerned = JobCatalogue.confd.checkingAccounts.all.filter {
            if case .act = $0.work, case .change? = try? JobCatalogue.confd.definition($0.name).work {
                true
            } else {
                false
            }
        }
        #expect(
            concerned.map(\.name) == [
                "exaconf_patch", "exaconf_replace", "exaconf_rollback", "group_create", "user_create", "user_modify",
            ])
        #expect(concerned.allSatisfy { $0.recovery == .restart })
    }
}
