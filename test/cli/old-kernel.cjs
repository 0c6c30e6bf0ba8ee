// Makes the addon find a kernel without Landlock and without seccomp's filters.
const { dlopen } = process;
const ENOSYS = 38;
const EINVAL = 22;

process.dlopen = (module, ...rest) => {
  dlopen.call(process, module, ...rest);
  if (!("landlockVersion" in module.exports)) return;
  module.exports.landlockVersion = () => -ENOSYS;
  module.exports.filterAvailable = () => -EINVAL;
};
