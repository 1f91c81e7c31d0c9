import Application
import EXAConf
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import RESTAPI

/// Nodes, users and file services.
@Suite(.timeLimit(.minutes(5))) struct ClusterListingTests {
    @Test func nodesSayHowTheyAreAndWhoDecides() async throws {
        let away = ObjectState(.node, "12", wanted: "present", actual: "away", since: FixtureCluster.now)
        try await GatewayFixture.viewing(board: .finding(away)) { (fixture) async throws in
            let node = try await fixture.item("/nodes/11", "Node")
            #expect(node["id"] == 11 && node["name"] == "n11" && node["state"] == "online")
            #expect(node["is_master"] == true && node["booted_at"]?.string.flatMap { Timestamp($0) } != nil)
            #expect(node["private_address"] == "10.10.10.11" && node["private_network"] == "10.10.10.11/24")
            #expect(node["disks"] == ["11-disk1"] && node["databases"] == ["DB1"])
            let other = try await fixture.item("/nodes/12", "Node")
            #expect(other["state"] == "offline" && other["is_master"] == .bool(false) && other["booted_at"] == nil)
            #expect(other["since"] == .time(FixtureCluster.now))
        }
    }

    @Test func usersAreToldWithoutTheirPasswords() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let admin = try await fixture.item("/users/admin", "User")
            #expect(admin["id"] == 1000 && admin["group"] == "exaadm" && admin["login_enabled"] == true)
            #expect(admin["has_password"] == true && admin["is_root"] == true)
            #expect(admin["additional_groups"]?.list?.contains("exausers") == true)
            let all = try await fixture.get("/users").body
            #expect(!all.contains("$6$"))
            let members = try await fixture.items("/users?group=watchers")
            #expect(members.map { $0["name"] } == ["probe"])
        }
    }

    @Test func fileServicesAreToldWithTheirBucketsAndWithoutSecrets() async throws {
        let found = HealthBoard.finding(
            ObjectState(.fileService, "11-bfs2", node: 11, wanted: "serving", actual: "serving"),
            ObjectState(.fileService, "11-bfsdefault", node: 11, wanted: "serving", actual: "serving"),
            ObjectState(.fileService, "12-bfsdefault", node: 12, wanted: "serving", actual: "closed", why: "taken"))
        try await GatewayFixture.viewing(board: found) { (fixture) async throws in
            let service = try await fixture.item("/bucketfs/bfs2", "BucketFSService")
            #expect(service["state"] == "serving" && service["https_port"] == 2590 && service["http_port"] == nil)
            #expect(service["owner"] == ["user": 2001, "group": 2000])
            #expect(service["buckets"] == [["name": "models", "public": false, "additional_files": []]])
            let other = try await fixture.item("/bucketfs/bfsdefault", "BucketFSService")
            #expect(other["state"] == "closed" && other["reason"] == "taken", "one node counts")
            let text = try await fixture.get("/bucketfs").body
            #expect(!text.contains("passwd") && !text.contains("key"))
        }
    }
}
