import Certificates
import EXAConf
import Foundation
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Every job acts where its objects are, whoever decides: what docs/jobs-nodes.md says, held to the plans.
///
/// Node 14 decides and has no object. `DB1` lives on node 11, volume `Spread` on nodes 12 and 13, archive volume `Vault` on
/// node 12; whatever is named is node 13. Node 15 is in the configuration and has never joined.
@Suite struct JobNodesTests {
    private static let places: [String: Set<Int>] = [
        "no node": [], "the node of the database": [11], "the nodes of the volume": [12, 13],
        "the node that is named": [13], "the nodes of the archives": [11, 12], "the node of the backup": [12],
        "each node that is there": [11, 12, 13, 14], "the node that decides": [14],
    ]

    private static let cluster: ClusterStatus = {
        var status = FixtureCluster.status
        status.ownNode = 14
        status.master = .init(node: 14, name: "n14", address: "10.10.10.14")
        for node in 11...14 {
            var member = ClusterStatus.Member(
                id: "m\(node)", address: "10.10.10.\(node)", port: 20_003, peerPort: 20_381)
            (member.isPresent, member.isReady) = (true, true)
            status.members[node] = member
        }
        return status
    }()

    private func document() throws -> Document {
        var (document, random) = (FixtureCluster.document, RandomSource.counting())
        for id in [14, 15] {
            try document.addNode(id: id, NodeSettings(privateNet: "10.10.10.x/24"), using: &random)
        }
        let steps: [(JobDefinition, [String: Value], [Value])] = [
            (.stVolumeCreate, Self.volume("Spread", on: [12, 13], ["redundancy": 2]), []),
            (.stVolumeCreate, Self.volume("Heap", on: [11]), []),
            (.stVolumeCreate, Self.volume("Vault", on: [12], ["type": "archive"]), []),
            (.stDeviceAdd, ["devname": "/exa/data/storage/dev.9", "node": 13, "disk": "other"], []),
            (
                .remoteVolumeAdd,
                [
                    "vol_type": "sftp", "url": "sftp://store:2022/x", "owner": [500, 500], "username": "u",
                    "password": "p",
                    "remote_volume_name": "far",
                ], [["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKKlDWirlNz7qV1gsBs21zZVcnLzK/DJ9O0F9cBTgEU0"]]
            ),
            (.monitoringStart, Self.broker, []), (.pluginAdd, ["plugin_name": "Plugin1"], []),
        ]
        for (definition, parameters, answers) in steps {
            document = try JobTrial(definition, parameters, on: document, cluster: Self.cluster, answers: answers).after
        }
        try document.setLicenseFile("/exa/etc/license.xml")
        return document
    }

    private static func volume(
        _ name: String, on nodes: [Int], _ further: [String: Value] = [:]
    ) -> [String: Value] {
        let own: [String: Value] = [
            "disk": "disk1", "name": .string(name), "nodes": .ints(nodes), "redundancy": 1, "size": "1 GiB",
            "type": "data",
        ]
        return own.merging(further) { $1 }
    }

    private static let broker: [String: Value] = [
        "broker": "broker.example.com:9090", "cluster_id": "c", "sasl_user": "u", "sasl_password": "p",
    ]

    private static func backup(_ volume: Int) -> Value {
        .string("\(volume) DB1/id_1/level_0/node_0/backup_202504171456 DB1")
    }

    /// Parameters of every job that may run commands, but for those of the provider.
    private func parameters() throws -> [String: [String: Value]] {
        let base: [String: Value] = ["db_name": "DB1"]
        let spread: [String: Value] = ["vname": "Spread"]
        let device: [String: Value] = ["devname": "/exa/data/storage/dev.9", "node": 13]
        let issued = try SelfSigned.make(
            commonName: "n11", dnsNames: ["n11"], addresses: ["10.10.10.11"], validityDays: 90,
            now: Date(timeIntervalSince1970: 1_800_000_000))
        return [
            "cert_renew": ["nid": 13], "cert_request": ["common_name": "n13", "nid": 13],
            "cert_update": ["cert": .string(issued.certificatePEM), "key": .string(issued.keyPEM)],
            "db_backup_abort": base, "db_backup_progress": base, "db_backup_list": base,
            "db_backup_drill": base, "notification_list": [:], "notification_test": ["target": "night"],
            "db_backup_delete_unusable": base,
            "db_backup_start": base.merging(["backup_volume_name": "ArchiveVolume1", "level": 0]) { $1 },
            "db_backup_change_expiration": [
                "backup_files": "DB1/id_1/level_0", "backup_volume_name": "Vault", "expire_time": "2030-01-01 00:00:00",
            ],
            "db_backups_delete": base.merging(["backup_list": [Self.backup(1), Self.backup(4)]]) { $1 },
            "db_configure": base.merging(["mem_size": "3 GiB"]) { $1 },
            "db_configure_kerberos": base.merging(["keytab": "a2V5dGFi", "realm": "EXAMPLE.COM"]) { $1 },
            "db_create": [
                "db_name": "NEW", "data_volume_name": "Heap", "mem_size": "2 GiB", "nodes": [11, 14],
                "num_active_nodes": 1,
                "version": "8.29.6",
            ],
            "db_delete": base, "db_enlarge": base.merging(["num_new_nodes": 1]) { $1 }, "db_info": base,
            "db_reset": base,
            "db_restore": base.merging(["backup_id": Self.backup(1), "restore_type": "blocking"]) { $1 },
            "db_start": base, "db_state": base, "db_stop": base,
            "debug_collect": [:], "license_download": [:], "license_info": [:], "license_run_check": [:],
            "license_upload": [
                "license":
                    #"{"Contract": {"company_name": "A", "license_id": 7}, "Limits": {"max_db_mem_size_in_gb": 1}}"#
            ],
            "log_collect": ["services": ["ConfD"]], "master_change": ["nids": [13]],
            "monitoring_start": Self.broker, "monitoring_stop": [:], "node_resume": ["nid": 13],
            "node_suspend": ["nid": 13],
            "node_wait_offline": ["nids": [13]], "node_wait_ready": ["nids": [15]], "nodes_terminate": ["nids": [13]],
            "plugin_add": ["plugin_name": "Plugin2"], "plugin_remove": ["plugin_name": "Plugin1"],
            "remote_volume_add": ["vol_type": "ftp", "url": "ftp://store:12345/x/", "owner": [500, 500]],
            "remote_volume_set_host_key": [
                "remote_volume_name": "far", "host_key": "SHA256:OSCZNyS4J8l5pSVEBIihvxQaBv+V9nNEj49KOPJ+wyY",
            ],
            "remote_volume_state": ["remote_volume_name": "office"],
            "st_device_add": ["devname": "/exa/data/storage/dev.8", "node": 13, "disk": "other"],
            "st_device_clear_errors": device, "st_device_disable": device, "st_device_enable": device,
            "st_device_enlarge": device.merging(["num_sectors": 0]) { $1 },
            "st_device_info": ["devname": "/exa/data/storage/dev.9", "node_id": 13],
            "st_device_modify": device.merging(["read_only": false]) { $1 }, "st_device_remove": device,
            "st_get_partition_id": [:], "st_node_force_bg_recovery_limit_calibration": ["nid": 13],
            "st_node_get_link_speed": ["nid": 13], "st_node_list": [:],
            "st_node_restore": ["nid": 13, "vname": "Spread"], "st_node_stop_restore": ["nid": 13, "vname": "Spread"],
            "st_node_resume": ["nid": 13], "st_node_suspend": ["nid": 13],
            "st_node_set_bg_recovery": ["node": 13, "enabled": false],
            "st_node_set_bg_recovery_limit": ["nid": 13, "limit": 50],
            "st_node_set_space_warn_threshold": ["node": 13, "threshold": 80],
            "st_volume_append_node": ["vname": "Heap", "node_ids": [13], "node_num": 1],
            "st_volume_clear_data": ["vname": "Spread", "node_ids": [], "num_bytes": 0],
            "st_volume_create": Self.volume("new", on: [12, 13]),
            "st_volume_decrease_redundancy": ["vname": "Spread", "delta": 1], "st_volume_delete": spread,
            "st_volume_enlarge": ["vname": "Spread", "blocks_per_node": 64], "st_volume_info": spread,
            "st_volume_list": [:],
            "st_volume_increase_redundancy": ["vname": "Heap", "delta": 1, "nodes": [13]], "st_volume_lock": spread,
            "st_volume_move_node": ["vname": "Spread", "src_nodes": [12], "dst_nodes": [11]],
            "st_volume_set_forced_red_level": ["vname": "Spread", "force_red_level": 1],
            "st_volume_set_io_status": ["vname": "Spread", "app_io": true, "int_io": true],
            "st_volume_shrink": ["vname": "Spread", "blocks_per_node": 64], "st_volume_unlock": spread,
            "user_pseudonymise": ["removed_user": "gone"],
            "maintenance_end": ["nid": 13], "maintenance_start": ["nid": 13, "reason": "disks"],
        ]
    }

    /// The nodes of the commands a job has; none for one that is declined because nothing copies content between nodes.
    private func nodes(
        of definition: JobDefinition, _ parameters: [String: Value], on document: Document
    ) throws(JobError) -> Set<Int> {
        let context = JobContext(
            id: JobID(node: 14, number: 1), principal: FixtureCluster.administrator,
            arguments: try ArgumentCheck.arguments(of: definition, from: parameters), document: document,
            cluster: Self.cluster, now: FixtureCluster.now, random: .counting())
        var edited = document
        do throws(JobError) {
            switch definition.work {
            case .answer, .change: return []
            case .look(let work): return Set(try work(context).commands.map(\.node))
            case .act(let work): return Set(try work(context, &edited).commands.map(\.node))
            }
        } catch  where error.code == .unsupported {
            return []
        }
    }

    /// Where each job acts, as the table says.
    private func table() throws -> [String: String] {
        let page = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/jobs-nodes.md").standardized
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let isRow = cells.count >= 2 && cells[0].hasPrefix("`") && cells[0].hasSuffix("`")
            return isRow ? (String(cells[0].dropFirst().dropLast()), cells[1]) : nil
        }
        return Dictionary(rows) { first, _ in first }
    }

    @Test func everyJobActsWhereTheTableSaysWhoeverDecides() throws {
        let (document, table, parameters) = (try document(), try table(), try parameters())
        var without = document
        without.removeSection(SectionPath(["Monitoring"]))
        for definition in JobCatalogue.confd.all {
            let name = definition.name
            let word = try #require(table[name], "\(name) has no row")
            let place = try #require(Self.places[word], "\(name): \(word)")
            if definition.help?.hasPrefix("Done by the executable the setting `provider.path`") == true {
                #expect(word == "the node that decides", "\(name)")
                continue
            }
            switch definition.work {
            case .answer, .change: #expect(word == "no node", "\(name)")
            case .look, .act:
                let given = try #require(parameters[name], "\(name) is not tried")
                let found = try nodes(of: definition, given, on: name == "monitoring_start" ? without : document)
                #expect(found == place, "\(name): \(word)")
            }
        }
    }

    @Test func commandsOfSeveralNodesBeginTogether() throws {
        let (document, parameters) = (try document(), try parameters())
        let several = [
            JobDefinition.stVolumeCreate, .stVolumeDelete, .stVolumeEnlarge, .stVolumeLock, .stVolumeClearData,
            .certUpdate,
            .licenseUpload, .pluginAdd, .remoteVolumeState,
        ]
        for definition in several {
            let given = try #require(parameters[definition.name])
            let arguments = try ArgumentCheck.arguments(of: definition, from: given)
            let context = JobContext(
                id: JobID(node: 14, number: 1), principal: FixtureCluster.administrator, arguments: arguments,
                document: document, cluster: Self.cluster, now: FixtureCluster.now, random: .counting())
            var edited = document
            let plan: Plan? =
                switch definition.work {
                case .look(let work): try work(context)
                case .act(let work): try work(context, &edited)
                case .answer, .change: nil
                }
            let commands = try #require(plan?.commands)
            #expect(commands.count > 1 && commands.dropFirst().allSatisfy(\.isBeside), "\(definition.name)")
        }
    }
}
