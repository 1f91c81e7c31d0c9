import NodeCommands

extension StoredForm {
    /// At least one of each command, and one for each member that may be left out.
    static let all = files + storage + programs + databases + backups + debug

    private static let files: [StoredForm] = [
        StoredForm(
            CertificateInstall.self,
            #"{"ca": "CA", "ca_path": "/c", "cert": "C", "cert_path": "/a", "key": "***", "key_path": "/b"}"#),
        StoredForm(
            CertificateInstall.self,
            #"{"ca_path": "/c", "cert": "C", "cert_path": "/a", "key": "K", "key_path": "/b"}"#),
        StoredForm(CertificateInstall.self, #"{"ca_path": "/c", "cert": "C", "cert_path": "/a", "key_path": "/b"}"#),
        StoredForm(CertificateRestore.self, #"{"ca_path": "/c", "cert_path": "/a", "key_path": "/b"}"#),
        StoredForm(CertificateRestore.self, #"{"cert_path": "/a", "key_path": "/b"}"#),
        StoredForm(CertificateRenew.self, #"{"cert_path": "/a", "key_path": "/b"}"#),
        StoredForm(
            CertificateRequestMake.self,
            #"""
            {"common_name": "n11", "hosts": ["n11", "192.0.2.11"], "key_path": "/exa/etc/ssl/r.key", "key_type": "ec-p256"}
            """#),
        StoredForm(CertificateRequestDrop.self, #"{"key_path": "/exa/etc/ssl/r.key"}"#),
        StoredForm(CertificateRequestSettle.self, #"{"cert": "C"}"#),
        StoredForm(LicenseInstall.self, #"{"path": "/exa/etc/license.xml", "text": "<l/>"}"#),
        StoredForm(LicenseRestore.self, #"{"path": "/exa/etc/license.xml"}"#),
        StoredForm(
            UserPseudonymise.self, #"{"pseudonym": "user-7f3a", "removed_user": "***", "requester": "root"}"#),
        StoredForm(NotificationTry.self, #"{"target": "ops"}"#),
        StoredForm(NotificationLook.self, "{}"),
        StoredForm(LicenseRead.self, #"{"path": "/exa/etc/license.xml"}"#),
        StoredForm(KeytabInstall.self, #"{"keytab": "***", "path": "/exa/etc/keytabs/DB1.keytab"}"#),
        StoredForm(KeytabRestore.self, #"{"path": "/exa/etc/keytabs/DB1.keytab"}"#),
    ]

    private static let storage: [StoredForm] = [
        StoredForm(OnStorage<StorageLook>.self, storage("")),
        StoredForm(OnStorage<StorageRestore>.self, storage(#", "volume": "A""#)),
        StoredForm(OnStorage<StorageRestore>.self, storage("")),
        StoredForm(OnStorage<StorageNodeSet>.self, storage(#", "suspended": true"#)),
        StoredForm(OnStorage<StorageNodeSet>.self, storage(#", "recovery": false"#)),
        StoredForm(OnStorage<StorageNodeSet>.self, storage(#", "limit": 0, "threshold": 90"#)),
        StoredForm(
            OnStorage<StorageDeviceSet>.self,
            storage(
                #"""
                , "about": "seccount", "device": "dev.1", "read_only": false, "sector_size": 4096, "sectors": 9,
                "sync_crc": true, "use_crc": true
                """#)),
        StoredForm(
            OnStorage<StorageDeviceSet>.self,
            storage(#", "about": "num_sectors", "device": "dev.1", "sectors": 0, "grows": true"#)),
        StoredForm(OnStorage<StorageDeviceSet>.self, storage(#", "device": "dev.1", "clear_errors": true"#)),
        StoredForm(
            OnStorage<StorageDeviceSet>.self, storage(#", "device": "dev.1", "disabled": true, "wipes": false"#)),
        StoredForm(OnStorage<StorageCalibrate>.self, storage("")),
        StoredForm(
            OnStorage<StorageVolumeArrange>.self,
            storage(#", "about": "size", "volume": "A", "purpose": "create""#)),
        StoredForm(OnStorage<StorageVolumeArrange>.self, storage(#", "volume": "A", "purpose": "resize""#)),
        StoredForm(OnStorage<StorageVolumeFit>.self, storage(#", "volume": "A", "purpose": "delete""#)),
        StoredForm(OnStorage<StorageVolumeSet>.self, storage(#", "volume": "A", "locked": true"#)),
        StoredForm(OnStorage<StorageVolumeSet>.self, storage(#", "volume": "A", "app_io": true, "int_io": false"#)),
        StoredForm(OnStorage<StorageVolumeSet>.self, storage(#", "volume": "A", "forced_level": 1"#)),
        StoredForm(OnStorage<StorageVolumeClear>.self, storage(#", "volume": "A", "bytes": 0"#)),
    ]

    private static let programs: [StoredForm] = [
        StoredForm(NetworkLinkSpeed.self, "{}"),
        StoredForm(NodeTerminate.self, "{}"),
        StoredForm(
            AccountsCheck.self, #"{"groups": {"g": 1001}, "users": {"alice": {"group": "g", "id": 1002}}}"#),
        StoredForm(
            PluginInstall.self, #"{"folder": "/exa/data/bucketfs/b/default/plugins", "name": "p", "owner": [500, 501]}"#
        ),
        StoredForm(PluginRemove.self, #"{"folder": "/exa/data/bucketfs/b/default/plugins", "name": "p"}"#),
        StoredForm(
            ProviderAsk.self,
            #"{"cluster": {"name": "c", "nodes": []}, "parameters": {"nids": [11], "x": null}, "verb": "infra_db_start"}"#
        ),
        StoredForm(
            MonitoringStart.self,
            #"{"broker": "b:1", "cluster_id": "c", "sasl_password": "***", "sasl_user": "u"}"#),
        StoredForm(MonitoringStop.self, "{}"),
        StoredForm(MonitoringResume.self, "{}"),
        StoredForm(JobProgramRun.self, program),
        StoredForm(JobProgramCheck.self, program),
        StoredForm(JobProgramUndo.self, program),
        StoredForm(LogCollect.self, #"{"from": 1, "services": ["ConfD"], "until": 2}"#),
        StoredForm(
            LogCollect.self,
            #"{"dbs": ["DB1"], "from": 1, "levels": ["ERR"], "services": ["DWAd"], "tag": "t", "until": 2}"#),
        StoredForm(LogCollect.self, #"{"bytes": 500000, "from": 1, "services": ["ConfD"], "until": 2}"#),
    ]

    private static let databases: [StoredForm] = [
        StoredForm(OnDatabase<DatabaseCheck>.self, database("")),
        StoredForm(OnDatabase<DatabaseCreate>.self, database(#", "password": "***""#)),
        StoredForm(OnDatabase<DatabaseCreate>.self, database(#", "password_hash": "***""#)),
        StoredForm(OnDatabase<DatabaseMayCreate>.self, database("")),
        StoredForm(OnDatabase<DatabaseDelete>.self, database("")),
        StoredForm(OnDatabase<DatabaseDelete>.self, database(#", "keeps_data": true"#)),
        StoredForm(OnDatabase<DatabaseReset>.self, database(#", "password": "***""#)),
        StoredForm(
            OnDatabase<DatabaseStart>.self,
            database(
                #"""
                , "password": "***", "options": {"timeout_s": 0, "maintenance": false, "auditing": true},
                "others": [{"name": "DB2", "port": 8564, "addresses": [], "active_nodes": 1, "params": []}]
                """#)),
        StoredForm(OnDatabase<DatabaseMayStart>.self, database("")),
        StoredForm(OnDatabase<DatabaseStop>.self, database(#", "options": {"force": true, "timeout_s": 60}"#)),
        StoredForm(OnDatabase<DatabaseRequireStopped>.self, database("")),
        StoredForm(OnDatabase<DatabaseState>.self, database("")),
        StoredForm(OnDatabase<DatabaseInfo>.self, database("")),
        StoredForm(OnDatabase<DatabaseWish>.self, database(#", "create_new_db": true"#)),
        StoredForm(OnDatabase<DatabaseMayWish>.self, database(#", "create_new_db": false"#)),
        StoredForm(OnDatabase<DatabaseUnwish>.self, database("")),
        StoredForm(OnDatabase<DatabaseProgress>.self, database("")),
        StoredForm(OnDatabase<DatabaseAbort>.self, database("")),
    ]

    private static let backups: [StoredForm] = [
        StoredForm(
            OnDatabase<DatabaseBackup>.self,
            database(
                #"""
                , "options": {"level": 0}, "path": "DB1/id_7/level_0/node_0/backup_202701150800", "archive":
                """# + local
                    + #"""
                    , "description": {
                        "bid": 7, "comment": "", "level": 0, "path": "DB1/id_7/level_0/node_0/backup_202701150800",
                        "system": "DB1", "timestamp": "2027-01-15T08:00:00.000Z", "version": "15", "volume_id": 3
                    }
                    """#)),
        StoredForm(OnDatabase<DatabaseMayBackup>.self, database(#", "archive": "# + remote)),
        StoredForm(
            OnDatabase<DatabaseRestore>.self,
            database(#", "options": {"restore_type": "blocking"}, "path": "a/b", "archive": "# + remote)),
        StoredForm(OnDatabase<DatabaseMayRestore>.self, database(#", "path": "a/b", "archive": "# + local)),
        StoredForm(
            OnDatabase<DatabaseDrill>.self,
            database(
                #", "options": {"restore_type": "blocking"}, "source": "DB1", "path": "a/b", "archives": ["# + local
                    + "]")),
        StoredForm(
            OnDatabase<DatabaseDrill>.self, database(#", "source": "DB1", "archives": ["# + local + ", " + remote + "]")
        ),
        StoredForm(OnDatabase<DatabaseDrillEnd>.self, database("")),
        StoredForm(BackupList.self, #"{"archives": ["# + local + ", " + remote + #"], "below": "DB1"}"#),
        StoredForm(BackupRemove.self, #"{"paths": ["a/b"], "archive": "# + local + "}"),
        StoredForm(BackupSweep.self, #"{"below": "DB1", "archive": "# + local + "}"),
        StoredForm(BackupDescribe.self, #"{"path": "a/b", "changes": {"expire": ""}, "archive": "# + local + "}"),
        StoredForm(ArchiveCheck.self, #"{"archives": ["# + remote + "]}"),
        StoredForm(ArchiveExamine.self, #"{"archive": "# + remote + "}"),
        StoredForm(
            ArchiveExamine.self,
            #"{"archive": {"name": "r2", "host_keys": ["ssh-ed25519 AAAA"]}, "fingerprints": ["SHA256:abc"]}"#),
    ]

    private static let debug: [StoredForm] = [
        StoredForm(DebugCollect.self, #"{"path": "/exa/spool/debug/debug-11.5.tar.gz"}"#),
        StoredForm(
            DebugCollect.self,
            #"""
            {
                "kinds": ["logs", "storage", "coredumps"], "dbs": ["DB1"], "files": "closed", "from": 1, "until": 2,
                "place": {"service": "bfs", "bucket": "default", "name": "a/b.tar.gz"}, "path": "/exa/data/bucketfs/x"
            }
            """#),
        StoredForm(
            DebugCollect.self, #"{"files": "open", "place": "a/b.tar.gz", "archive": "# + remote + "}",
            isTakenBack: false),
        StoredForm(DebugRemove.self, #"{"path": "/exa/spool/debug/debug-11.5.tar.gz"}"#),
    ]

    private static let local = #"{"name": "ArchiveVolume1", "volume": 1, "capacity": 8589934592}"#
    private static let remote = #"""
        {
            "name": "r0001", "type": "s3", "url": "***", "username": "***", "password": "***", "options": "cleanvolume"
        }
        """#

    /// A command for a database with members of its own.
    private static func database(_ own: String) -> String {
        #"""
        {
            "database": {
                "name": "DB1", "id": "3f2a", "uuid": "3f2a", "version": "15", "port": 8563, "memory_bytes": 2147483648,
                "quota_bytes": 1073741824, "addresses": ["127.0.0.1"], "active_nodes": 1, "params": ["-a=b"]
            },
            "volume": 0, "volume_name": "DataVolume1"
        """# + own + "}"
    }

    private static let program = #"""
        {
            "cluster": {"name": "c"}, "executable": "run", "memory_bytes": 1073741824, "name": "sample",
            "output_bytes": 1048576, "parameters": {"size": 5}, "principal": {"name": "root", "roles": ["root"]},
            "user": "nobody"
        }
        """#

    /// A command for storage with members of its own.
    private static func storage(_ own: String) -> String {
        #"{"node": 11, "configuration": "[Node : 11]\n    [[Disk : disk1]]\n        Devices = dev.1,\n""# + own + "}"
    }
}
