/// Why no etcd is started, or one is not touched. Each says what to do; it is looked again every half minute.
package enum EtcdRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no program.
    case notInstalled(path: String)
    /// The program, or what leads to it, can be changed by others than root.
    case programUnsafe(String)
    /// It did not tell its version, or one that is not supported.
    case unsupported(path: String, told: String)
    /// There is no account for it.
    case noAccount(String)
    /// The data folder is empty, and its member had data before.
    case dataLost(EtcdIdentity, folder: String)
    /// The data are those of another member, or nobody knows whose.
    case otherData(found: EtcdIdentity?, wanted: EtcdIdentity, folder: String)
    /// Another member of this node has had this folder since.
    case outlived(found: EtcdIdentity, wanted: EtcdIdentity, folder: String)
    /// The data are those of another minor version.
    case otherVersion(data: EtcdVersion, program: EtcdVersion)
    /// Something has the lock, and is not the etcd it should be.
    case lockedByStranger(lock: String)
    /// A file or folder cannot be used; the system's words.
    case unusable(path: String, cause: String)

    package var description: String {
        switch self {
        case .notInstalled:
            "etcd is not installed: apt-get install etcd-server, then systemctl disable --now etcd (the daemon runs its "
                + "own)."
        case .programUnsafe(let cause): "etcd is not started: \(cause)"
        case .unsupported(let path, let told):
            "\(path) is not an etcd of version 3.4 or newer: it says '\(told)'. Install one: apt-get install etcd-server."
        case .noAccount(let name):
            "etcd does not run as root, and there is no other user '\(name)' on this node: make it with useradd --system "
                + "--user-group --no-create-home --shell /usr/sbin/nologin \(name)."
        case .dataLost(let identity, let folder):
            "\(folder) is empty, and \(identity) had data there. A member that lost its data must not come back: let the "
                + "node leave etcd and join it as a new member, or begin a new etcd where no other member is left."
        case .otherData(let found, let wanted, let folder):
            "\(folder) has the data of \(found.map { "\($0)" } ?? "an etcd nobody knows of"), not of \(wanted). Move it away "
                + "if nothing of it is needed."
        case .outlived(let found, let wanted, let folder):
            "\(folder) is that of \(found): \(wanted) was before it, and is not started again."
        case .otherVersion(let data, let program):
            "The data are those of etcd \(data), and \(program) is installed. Install the former version again, or begin a "
                + "new etcd from the state of this node; data are not moved over minor versions."
        case .lockedByStranger(let lock):
            "\(lock) is locked by a process that is not this node's etcd; it is left alone. Find it with 'fuser \(lock)', and "
                + "end it if it is not needed."
        case .unusable(let path, let cause): "\(path) cannot be used: \(cause)."
        }
    }
}
