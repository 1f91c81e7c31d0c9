import Access
import HTTPTypes
import JobEngine
import Jobs
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// What holds for every operation of every view, whichever jobs there are.
@Suite(.timeLimit(.minutes(5))) struct ServedOperationTests {
    static let views: [View] = [
        .nodes, .databases, .backups, .backupSchedules, .snapshots, .volumes, .remoteVolumes, .objectVolumes, .bucketFS,
        .buckets, .users, .groups, .settings, .license, .certificate,
    ]
    static let served = views.flatMap { view in
        view.operations.compactMap { ServedOperation($0, of: view, in: .confd) }
    }

    @Test func aReadChangesNothing() {
        for served in Self.served where served.operation.isRead {
            #expect(served.definition.mode == .read, "\(served.id)")
            #expect(!served.definition.changesConfiguration(Arguments([:])), "\(served.id)")
        }
    }

    @Test func whatThePathSaysReachesTheJobOrPicksTheItem() {
        for served in Self.served {
            let taken = Set(served.givenByPath.map(\.name))
            let picked = served.operation.answer == .item ? served.view.key : nil
            for name in served.pathNames where name != picked {
                #expect(taken.contains(name), "\(served.id): \(name) is no parameter of \(served.definition.name)")
            }
        }
    }

    @Test func everythingAJobNeedsCanBeSaid() {
        for served in Self.served where !served.operation.hasBody {
            let sayable = Set(served.queryParameters.map(\.name))
            #expect(sayable.isSuperset(of: served.required), "\(served.id)")
            #expect(sayable.isDisjoint(with: ["wait", "dry_run", "reason", "redirected_from"]), "\(served.id)")
        }
    }

    @Test func idsAndPathsAreUnique() {
        let ids = Self.served.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[a-z][A-Za-z]+/) != nil })
        let places = Self.served.map { "\($0.operation.method) \($0.path)" }
        #expect(Set(places).count == places.count)
    }

    @Test func idsAreVerbAndNoun() throws {
        func id(_ job: String, _ method: HTTPRequest.Method, of view: View) -> String? {
            Self.served.first {
                $0.definition.name == job && $0.operation.method == method && $0.view.path == view.path
            }?
            .id
        }
        #expect(id("node_add", .post, of: .nodes) == "createNode")
        #expect(id("node_remove", .delete, of: .nodes) == "deleteNode")
        #expect(id("node_suspend", .post, of: .nodes) == "suspendNode")
        #expect(id("user_modify", .patch, of: .users) == "updateUser")
        #expect(id("user_passwd", .post, of: .users) == "setUserPassword")
        #expect(id("db_state", .get, of: .databases) == "getDatabaseState")
        #expect(id("license_upload", .put, of: .license) == "replaceLicense")
        #expect(id("general_settings", .patch, of: .settings) == "updateSettings")
    }

    @Test func aRequestHasTheJobsParametersWithoutThoseOfThePath() throws {
        let served = try #require(Self.served.first { $0.id == "updateUser" })
        let schema = try #require(served.schemas["UpdateUserRequest"])
        #expect(
            Set((schema["properties"]?.map ?? [:]).keys)
                == ["additional_groups", "authorized_keys", "group", "login_enabled"])
        #expect(schema["additionalProperties"] == false && schema["required"] == nil)
        let bucket = try #require(Self.served.first { $0.id == "createBucket" })
        #expect(bucket.schemas["CreateBucketRequest"]?["required"] == ["bucket_name", "public"])
    }

    @Test func anItemIsDescribedByTheJobsThatShowIt() throws {
        func schema(_ name: String) throws -> Value {
            try #require(Self.served.lazy.compactMap { $0.schemas[name] }.first, "\(name)")
        }
        let members = try schema("ObjectVolume")["properties"]?.map ?? [:]
        #expect(members["name"] != nil && members["bucket"] != nil && members["region"] != nil)
        #expect(try schema("RemoteVolume")["properties"]?["password"]?["description"] == "Always ***.")
        #expect(try schema("SettingsSection")["additionalProperties"] == ["type": "string"])
        #expect(try schema("DatabaseState")["properties"]?["state"]?["type"] == "string")
    }

    @Test func everyViewRouteNeedsALoginAndTheRightOfItsJob() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            #expect(Set(fixture.viewRoutes.map(\.operationID)) == Set(Self.served.map(\.id)))
            for route in fixture.viewRoutes {
                let path = route.path.replacing(/\{[a-z_]+\}/, with: "no_such_thing")
                let absent = try await fixture.send(route.method, path)
                let wrong = try await fixture.send(
                    route.method, path, headers: [.authorization: NamedPasswords.basic("admin", "wrong")])
                let little = try await fixture.send(route.method, path, as: "nobody")
                #expect(absent.status == 401 && wrong.status == 401, "\(route.operationID): \(absent.status)")
                #expect(little.status == 403, "\(route.operationID): \(little.status)")
                // Answers 4xx: the path names nothing, or the body is missing.
                if !route.isSafe, route.path.contains("{") || route.contract.needsBody && route.contract.request != nil
                {
                    let enough = try await fixture.send(route.method, path + "?wait=60s", as: "root")
                    #expect([400, 404].contains(enough.status), "\(route.operationID): \(enough.status)")
                }
            }
        }
    }
}
