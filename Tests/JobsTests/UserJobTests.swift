import Access
import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct UserJobTests {
    private let user: [String: Value] = [
        "group": "exausers", "login_enabled": true, "password": "open sesame", "userid": 3000, "username": "user_1",
    ]

    @Test func aNewUserGetsAHashThatFitsThePassword() throws {
        var parameters = user
        parameters["additional_groups"] = ["exaadm", "watchers"]
        parameters["authorized_keys"] = ["ssh-ed25519 AAAA first@lab", "ssh-ed25519 BBBB second@lab"]
        let trial = try JobTrial(.userCreate, parameters)
        let made = try #require(trial.after.user(named: "user_1"))
        #expect(made.additionalGroups == ["exaadm", "watchers"])
        #expect(made.authorizedKeys.count == 2)
        #expect(made.isLoginEnabled)
        let hash = Access.ShadowHash(made.passwordHash ?? "")
        #expect(hash.text.hasPrefix("$6$"))
        #expect(hash.verify(Password("open sesame")))
        #expect(trial.changes.allSatisfy { $0.hasPrefix("+") })
        #expect(trial.changes.count == 7)
    }

    @Test func aHashIsTakenAsItIs() throws {
        var parameters = user
        for hash in [
            "$y$j9T$saltsaltsalt$1bFcrZzWetava2XcO3BC6qBtlSiizzVU/WPxejS903D", "$1$saltsalt$APU/uEIYlBUFKCfGmoRDn0",
        ] {
            parameters["password"] = .string(hash)
            for flag: Value? in [nil, false] {
                parameters["encode_passwd"] = flag
                let made = try JobTrial(.userCreate, parameters).after.user(named: "user_1")
                #expect(made?.passwordHash == hash)
            }
        }
    }

    @Test func theFlagDecidesAndWhatIsNoCompleteHashIsPlainText() throws {
        var parameters = user
        for (text, flag) in [("$6$a$b", true), ("$6$a$b", nil), ("$1$saltsalt$APU/uEIYlBUFKCfGmoRDn0", true)]
            as [(String, Bool?)]
        {
            parameters["password"] = .string(text)
            parameters["encode_passwd"] = flag.map(Value.bool)
            let made = try JobTrial(.userCreate, parameters).after.user(named: "user_1")
            let hash = Access.ShadowHash(made?.passwordHash ?? "")
            #expect(hash.verify(Password(text)))
        }
    }

    @Test func plainTextIsRefusedWhereAHashWasAnnounced() {
        var parameters = user
        parameters["encode_passwd"] = false
        #expect(refusal(of: .userCreate, parameters)?.faults.map(\.pointer) == ["/params/password"])
    }

    @Test(arguments: ["", "two\nlines", "bell\u{7}", String(repeating: "x", count: 600)])
    func anUnusablePasswordIsRefused(password: String) throws {
        let error = try #require(
            refusal(of: .userPasswd, ["username": "probe", "password": .string(password)]))
        #expect(error.code == .parameterInvalid)
        #expect(password.isEmpty || !error.message.contains(password))
    }

    @Test(
        arguments: [
            ("username", "probe", JobError.Code.objectExists), ("userid", 2001, .objectExists),
            ("group", "nobody", .objectMissing), ("group", 77, .objectMissing), ("userid", -1, .parameterInvalid),
            ("username", "a b", .parameterInvalid), ("username", "a#b", .parameterInvalid),
            ("username", "a:b", .parameterInvalid), ("username", "ü", .parameterInvalid),
            ("additional_groups", ["nobody"], .objectMissing), ("authorized_keys", ["a, b"], .parameterInvalid),
            ("authorized_keys", ["a\nb"], .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func aUserThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        var parameters = user
        parameters[parameter] = value
        #expect(refusal(of: .userCreate, parameters)?.code == code)
    }

    @Test func everybodyMayChangeOnlyTheOwnPassword() throws {
        let probe = Principal(name: "probe", roles: ["watchers"], userID: 2001)
        let trial = try JobTrial(.userPasswd, ["username": "probe", "password": "n3w"], as: probe)
        #expect(trial.changes.count == 1)
        #expect(throws: JobError(.permissionDenied, "not permitted")) {
            try JobTrial(.userPasswd, ["username": "admin", "password": "n3w"], as: probe)
        }
    }

    @Test func aPasswordChangeTouchesOneLine() throws {
        let trial = try JobTrial(.userPasswd, ["username": "admin", "password": "n3w ü"])
        #expect(trial.changes.count == 2)
        #expect(trial.changes.allSatisfy { $0.dropFirst(2).hasPrefix("Passwd = ") })
        #expect(refusal(of: .userPasswd, ["username": "nobody", "password": "x"])?.code == .objectMissing)
    }

    @Test func aUserIsChangedLineByLine() throws {
        let trial = try JobTrial(.userModify, ["username": "probe", "login_enabled": false, "group": 500])
        #expect(
            trial.changes == [
                "- Group = watchers", "- LoginEnabled = True", "+ Group = exausers", "+ LoginEnabled = False",
            ])
        #expect(try JobTrial(.userModify, ["username": "probe"]).changes.isEmpty)
        #expect(refusal(of: .userModify, ["username": "nobody"])?.code == .objectMissing)
    }

    @Test func anOwnerIsNotDeleted() throws {
        let error = try #require(refusal(of: .userDelete, ["username": "probe"]))
        #expect(error.code == .objectBusy)
        #expect(error.message.contains("BucketFS : bfs2"))
        #expect(refusal(of: .userDelete, ["username": "root"])?.code == .parameterInvalid)
        #expect(refusal(of: .userDelete, ["username": "nobody"])?.code == .objectMissing)
        let trial = try JobTrial(.userDelete, ["username": "admin"])
        #expect(trial.after.user(named: "admin") == nil)
        #expect(trial.changes.allSatisfy { $0.hasPrefix("-") })
    }

    @Test func usersAreShownWithoutTheirHash() throws {
        let users = try #require(try JobTrial(.userList).output?.map)
        #expect(users.keys.sorted() == ["admin", "exadefusr", "exasaasusr", "probe", "root"])
        for user in users.values {
            #expect(
                user.map?.keys.sorted() == ["additional_groups", "authorized_keys", "group", "id", "login_enabled"])
        }
        let probe = try JobTrial(.userInfo, ["userid": 2001]).output
        #expect(probe?["name"] == "probe")
        #expect(probe == (try JobTrial(.userInfo, ["username": "probe"]).output))
        #expect(refusal(of: .userInfo, ["userid": 9])?.code == .objectMissing)
        #expect(refusal(of: .userInfo)?.code == .parameterMissing)
    }

    @Test func groupsComeAndGo() throws {
        let trial = try JobTrial(.groupCreate, ["groupname": "testers", "groupid": 42])
        #expect(trial.changes == ["+ [[testers]]", "+ ID = 42"])
        #expect(try JobTrial(.groupInfo, ["groupname": "testers"], on: trial.after).output == ["id": 42])
        let back = try JobTrial(.groupDelete, ["groupname": "testers"], on: trial.after)
        #expect(back.after == FixtureCluster.document)
        #expect(try JobTrial(.groupList).output?["exaadm"] == ["id": 499])
    }

    @Test func groupsThatCannotBeAreRefused() {
        #expect(refusal(of: .groupCreate, ["groupname": "exaadm", "groupid": 42])?.code == .objectExists)
        #expect(refusal(of: .groupCreate, ["groupname": "testers", "groupid": 499])?.code == .objectExists)
        #expect(refusal(of: .groupCreate, ["groupname": "testers", "groupid": -1])?.code == .parameterInvalid)
        #expect(refusal(of: .groupCreate, ["groupname": "t,s", "groupid": 42])?.code == .parameterInvalid)
        #expect(refusal(of: .groupDelete, ["groupname": "watchers"])?.code == .objectBusy)
        #expect(refusal(of: .groupDelete, ["groupname": "root"])?.code == .parameterInvalid)
        #expect(refusal(of: .groupDelete, ["groupname": "nobody"])?.code == .objectMissing)
        #expect(refusal(of: .groupInfo, ["groupname": "nobody"])?.code == .objectMissing)
    }
}

/// The job that has the name of a removed user replaced.
struct UserPseudonymiseTests {
    private let root = Principal(name: "root", roles: ["root"], userID: 0)

    private func trial(_ name: String, as principal: Principal? = nil, answers: [Value] = []) throws(JobError)
        -> JobTrial
    {
        try JobTrial(.userPseudonymise, ["removed_user": .string(name)], as: principal ?? root, answers: answers)
    }

    private func code(_ name: String, as principal: Principal? = nil) -> JobError.Code? {
        do throws(JobError) {
            _ = try trial(name, as: principal)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func eachNodeIsToldTheNameAndOnePseudonym() throws {
        let report: Value = [
            "pseudonym": "user-7f3a", "records": 3, "jobs": 2, "revisions": 1, "archives": 0, "left": ["job 7"],
        ]
        let trial = try trial("jane", answers: [report, report])
        let commands = try #require(trial.plan?.commands)
        #expect(commands.map(\.node) == [11, 12] && commands.allSatisfy { $0.secrets == ["removed_user"] })
        #expect(commands.allSatisfy { $0.arguments["removed_user"] == "jane" && $0.arguments["requester"] == "root" })
        let pseudonyms = Set(commands.compactMap { $0.arguments["pseudonym"]?.string })
        #expect(pseudonyms.count == 1 && pseudonyms.first?.wholeMatch(of: /user-[0-9a-f]{16}/) != nil)
        #expect(commands.allSatisfy { CommandRecord($0).arguments["removed_user"] == "***" })
        let output = try #require(trial.output?.list)
        #expect(output.count == 2 && output[0]["left"] == ["job 7"] && output[0]["records"] == 3)
        #expect(output[0]["notice"]?.string?.contains("audit.syslog") == true)
        #expect(trial.changes == [])
    }

    @Test func onlyRootMayAndOnlyForWhoIsNoUser() {
        #expect(code("jane") == nil)
        #expect(code("admin") == .objectExists)
        #expect(code("jane", as: FixtureCluster.administrator) == .permissionDenied)
        for name in [
            "", "root", "confd:schedule", "two words", "a\"b", "a\\b", "gr\u{fc}n", String(repeating: "a", count: 256),
        ] {
            #expect(code(name) == .parameterInvalid, "\(name)")
        }
    }

    @Test func noMessageRepeatsTheName() throws {
        for name in ["admin", "two words"] {
            do throws(JobError) {
                _ = try trial(name)
                Issue.record("\(name) was taken")
            } catch {
                #expect(!error.message.contains(name) && error.faults.allSatisfy { !$0.text.contains(name) })
            }
        }
    }
}
