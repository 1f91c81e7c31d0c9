import EXAConf
import JobEngine
import Values

extension DatabaseSettings {
    /// Keys of the file and the parameters that set them, for errors in the caller's terms.
    static let settable = [
        "ID": "db_uuid", "Version": "version", "MemSize": "mem_size", "Port": "port", "VolumeQuota": "volume_quota",
        "VolumeMoveDelay": "volume_move_delay", "CacheVolumeDisk": "cache_volume_disk",
        "NumActiveNodes": "num_active_nodes",
    ]

    /// What `db_create` was given.
    init(creating arguments: Arguments, in document: Document) throws(JobError) {
        try self.init(common: arguments, in: document)
        id = arguments.string("db_uuid")
        nodes = try arguments.ints("nodes")
        activeNodeCount = arguments.int("num_active_nodes")
        masterDatabase = arguments.string("master_database")
        snapshotVolumeSync = arguments.string("snapshot_sync_volume")
        parameters = arguments.string("params")
        volumeQuota = arguments.int("volume_quota").map { "\($0) GiB" }
    }

    /// What `db_configure` was given.
    init(changing database: Database, _ arguments: Arguments, in document: Document) throws(JobError) {
        try self.init(common: arguments, in: document)
        volumeQuota = arguments.string("volume_quota")
        parameters = try arguments.startParameters(from: database.parameters)
    }

    private init(common arguments: Arguments, in document: Document) throws(JobError) {
        self.init()
        version = arguments.string("version")
        memory = arguments.string("mem_size")
        port = arguments.int("port")
        owner = try arguments.owner(in: document)
        dataVolume = try arguments.dataVolume(in: document)
        cloudDataVolume = arguments.string("cloud_data_volume_name")
        cacheVolumeDisk = arguments.string("cache_volume_disk")
        isAuditingEnabled = arguments.bool("enable_auditing")
        autoStart = arguments.bool("auto_start")
        interfaces = arguments.commaList("interfaces")
        ldapServers = try arguments.ldapServers()
        initialSQL = arguments.string("initial_sql")
        defaultSysPasswdHash = arguments.string("default_sys_passwd_hash")
        additionalSysPasswdHashes = arguments.string("additional_sys_passwd_hashes")
        volumeMoveDelay = arguments.int("volume_move_delay")
    }
}

extension Arguments {
    /// The name of the data volume the arguments mean, `nil` when they name none.
    fileprivate func dataVolume(in document: Document) throws(JobError) -> String? {
        if let id = text("data_volume_id") {
            guard let number = Int(id), let volume = document.volume(id: number) else {
                throw .missing("data volume \(id.echoed)")
            }
            return volume.name
        }
        return string("data_volume_name")
    }

    fileprivate func commaList(_ name: String) -> [String]? {
        string(name).map { text in text.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") } }
    }

    fileprivate func ldapServers() throws(JobError) -> [String]? {
        guard let servers = commaList("ldap_server") else { return nil }
        guard servers.allSatisfy({ $0.hasPrefix("ldap://") || $0.hasPrefix("ldaps://") }) else {
            throw .invalid("ldap_server", "'ldap_server': each server begins with ldap:// or ldaps://.")
        }
        return servers
    }

    /// The start parameters after `params`, `params_add`, `params_delete` and the heap limit took effect, in this order;
    /// `nil` when none of them was given.
    fileprivate func startParameters(from present: String) throws(JobError) -> String? {
        guard let heap = string("max_system_heap_memory") else { return try editedParameters(from: present) }
        let name = "-maxSystemHeapMemory"
        var words = (try editedParameters(from: present) ?? present).split(separator: " ").map(String.init)
        words.removeAll { $0 == name || $0.hasPrefix(name + "=") }
        if heap != "default" {
            guard let size = Size(heap), size.mebibytes <= 128 * 1024 else {
                throw .invalid(
                    "max_system_heap_memory", "'max_system_heap_memory': a size of at most 128 GiB, or 'default'.")
            }
            words.append("\(name)=\(size.mebibytes)")
        }
        return words.joined(separator: " ")
    }

    private func editedParameters(from present: String) throws(JobError) -> String? {
        let (all, added, removed) = (try words("params"), try words("params_add"), try words("params_delete"))
        guard all != nil || added != nil || removed != nil else { return nil }
        var words = (all ?? present.split(separator: " ").map(String.init)) + (added ?? [])
        for entry in removed ?? [] {
            let named = entry.hasPrefix("-") ? entry : "-" + entry
            words.removeAll { $0 == named || (!named.contains("=") && $0.hasPrefix(named + "=")) }
        }
        return words.joined(separator: " ")
    }

    private func words(_ name: String) throws(JobError) -> [String]? {
        if let text = string(name) { return text.split(separator: " ").map(String.init) }
        return try strings(name)
    }
}

extension JobContext {
    /// - Throws: ``JobError`` for each text the configuration file cannot hold.
    func checkTexts(except encoded: Set<String> = []) throws(JobError) {
        let given = arguments.values.filter { !encoded.contains($0.key) }.sorted { $0.key < $1.key }
        if let error = JobError(given.flatMap { StorableText.faults(of: $0.value, at: $0.key) }) { throw error }
    }
}

extension Document {
    /// Writes where drivers are looked for: the first `bucketfs://` URL as service, bucket and folder, others as they are.
    mutating func setDrivers(_ arguments: Arguments, of database: String) throws(JobError) {
        if let urls = try arguments.elements("jdbc_urls") {
            try set(drivers: "JDBC", to: urls, about: "jdbc_urls", of: database)
        }
        if let url = arguments.string("oracle_url") {
            try set(drivers: "Oracle", to: [url], about: "oracle_url", of: database)
        }
    }

    private mutating func set(
        drivers kind: String, to urls: [String], about parameter: String, of database: String
    ) throws(JobError) {
        let path = SectionPath.database(database).appending(SectionName(kind: kind))
        var others: [String] = []
        var place: [String]?
        for url in urls {
            let parts = url.dropFirst("bucketfs://".count).split(separator: "/", maxSplits: 2).map(String.init)
            if url.hasPrefix("bucketfs://"), parts.count == 3, place == nil {
                place = parts
            } else if kind == "JDBC", url.hasPrefix("bucketfs://") || url.hasPrefix("file://") {
                others.append(url)
            } else {
                throw .invalid(
                    parameter,
                    "'\(parameter)': give bucketfs://service/bucket/folder\(kind == "JDBC" ? " or file:// URLs" : "").")
            }
        }
        try edit(about: parameter) { (draft) throws(EXAConfError) in
            if !draft.contains(path) { try draft.addSection(path) }
            if let place {
                for (key, value) in zip(["BucketFS", "Bucket", "Dir"], place) {
                    try draft.set(key, to: value, in: path)
                }
            }
            if kind == "JDBC" { try draft.set("AdditionalURLs", to: others.joined(separator: ", "), in: path) }
        }
    }
}
