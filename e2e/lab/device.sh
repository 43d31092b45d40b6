# Process 1 of a device, first half: assembles its disk from the lab's folders, then becomes device-boot.sh in it.
# Needs: LAB_FOLDER, LAB_LOWER (folder under the overlay), LAB_HOST_NAME, LAB_ROOT_READ_ONLY (1 or empty), LAB_READ_ONLY (folders), LAB_HIDDEN
# (paths to remove), LAB_MASKED (folders to show empty), LAB_STORES (folders of image layers), LAB_DOCKER_FOLDER (state, small or absent),
# LAB_KEEPS_DISK (1 or empty). Every mount is private to the device and ends with it.
set -eu
read -r pid rest </proc/self/stat
echo "pid $pid"
read -r _

hostname "$LAB_HOST_NAME"
disk=$LAB_FOLDER/disk
[ -n "$LAB_KEEPS_DISK" ] || mount -t tmpfs -o mode=0755 lab "$disk"
if [ ! -d "$disk/upper" ]; then
    mkdir "$disk/upper" "$disk/work" "$disk/root" "$disk/state" "$disk/stores"
    chmod 0755 "$disk"/*
    # The device's own files are the upper layer from the start: as a layer below they would lie inside the layer `/`.
    cp -a "$LAB_FOLDER/seed/." "$disk/upper"
    isNew=1
fi
mount -t overlay overlay -o "lowerdir=$LAB_LOWER,upperdir=$disk/upper,workdir=$disk/work" "$disk/root"
cd "$disk/root"
[ -z "${isNew:-}" ] || for path in $LAB_HIDDEN; do rm -rf ".$path"; done
for path in $LAB_MASKED; do mount -t tmpfs -o mode=0755 tmpfs ".$path"; done
mkdir -p proc sys dev run tmp var/tmp var/log

for folder in run tmp var/tmp var/log; do mount -t tmpfs tmpfs "$folder"; done
chmod 1777 tmp var/tmp
mount -t proc proc proc
mount -t sysfs sysfs sys
[ ! -d /sys/fs/cgroup ] || mount --rbind /sys/fs/cgroup sys/fs/cgroup

mount -t tmpfs -o mode=0755 tmpfs dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for node in null zero full random urandom tty; do
    : >"dev/$node"
    mount --bind "/dev/$node" "dev/$node"
done

# Image layers need an overlay of their own, which cannot lie on an overlay.
for store in $LAB_STORES; do
    mkdir -p ".$store" "$disk/stores$store"
    mount --bind "$disk/stores$store" ".$store"
done

# As on balenaOS: the engine's folder is a bind mount of the state partition and stays writable on a read-only root.
case $LAB_DOCKER_FOLDER in
absent) ;;
small)
    mkdir -p etc/docker
    mount -t tmpfs -o size=64k,mode=0755 tmpfs etc/docker
    ;;
*)
    mkdir -p etc/docker "$disk/state/docker"
    mount --bind "$disk/state/docker" etc/docker
    ;;
esac
[ -z "$LAB_ROOT_READ_ONLY" ] || mount -o remount,ro "$disk/root"
for folder in $LAB_READ_ONLY; do
    mount --rbind ".$folder" ".$folder"
    mount -o remount,bind,ro ".$folder"
done

pivot_root . .
umount -l .
exec /bin/sh /usr/libexec/lab/boot
