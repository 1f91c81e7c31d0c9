import EXAConf
import JobEngine
import NodeCommands
import Values

/// What every action on storage begins with: the part of the configuration it is for, and the ledger.
struct StorageStep {
    let call: ActionCall
    let folder: StorageFolder
    let part: StoragePart
    /// The parameter too little space is blamed on.
    private let about: String?

    /// The step of a job that is done now.
    init(_ call: ActionCall, _ command: OnStorage<some StorageTask>) {
        self.call = call
        folder = StorageFolder(root: call.root, durable: call.files)
        part = StoragePart(command.configuration.document, node: command.node)
        about = command.about
    }

    /// Names the step for ever.
    var name: String { "\(call.job) \(call.step)" }

    /// Changes the ledger, then the files, in a way that ``takeBack(volume:)`` undoes, also after a crash in between.
    ///
    /// - Throws: `refused` when the change is not possible as things are, `failed` when files could not be made; nothing
    ///   is left behind then.
    func change<Answer>(
        except newcomer: String? = nil,
        _ work: (inout AllocationTable) throws(StorageRefusal) -> Answer,
        files: (AllocationTable) throws(InstallError) -> Void = { (_) throws(InstallError) in }
    ) throws(ActionError) -> Answer {
        try call.check()
        var ledger = try ActionError.reporting { () throws(InstallError) in try folder.adopted(part, except: newcomer) }
        let answer = try admitted { () throws(StorageRefusal) in try work(&ledger) }
        let changed = ledger
        try write(changed)
        do throws(InstallError) {
            try folder.conformDevices(changed)
            for (name, volume) in changed.volumes where name != newcomer { try folder.conform(volume, keepsMore: true) }
            try files(changed)
        } catch {
            try takeBack(volume: newcomer)
            throw .failed(code: 1, message: error.description)
        }
        return answer
    }

    /// Reads what is known without changing anything.
    func look() throws(ActionError) -> AllocationTable {
        try call.check()
        return try ActionError.reporting { () throws(InstallError) in try folder.adopted(part) }
    }

    /// Makes ledger and files be what they were before this step; a step that never began has nothing to take back.
    ///
    /// - Parameter newcomer: The volume the step was to make.
    func takeBack(volume newcomer: String?) throws(ActionError) {
        try call.exchange.restore([folder.ledgerPath])
        try ActionError.reporting { () throws(InstallError) in
            let ledger = try folder.ledger()
            if let newcomer, let id = part.volume(newcomer)?.id, ledger.volumes[newcomer] == nil,
                try folder.isOurs(id, name)
            {
                try folder.removeContent(ofVolume: id)
            }
            try folder.conformDevices(ledger)
            for volume in ledger.volumes.values { try folder.conform(volume, keepsMore: false) }
        }
    }

    /// Does it, and tells a refusal to the caller of the job.
    func admitted<Result>(_ work: () throws(StorageRefusal) -> Result) throws(ActionError) -> Result {
        do throws(StorageRefusal) {
            return try work()
        } catch {
            throw .refused(error.error(about: about))
        }
    }

    private func write(_ ledger: AllocationTable) throws(ActionError) {
        let bytes = try ActionError.reporting { () throws(InstallError) in try folder.bytes(of: ledger) }
        let file = FileExchange.NewFile(path: folder.ledgerPath, bytes: bytes, mode: 0o600)
        try call.exchange.install([file], check: call.check)
    }
}
