/** The names of the handlers that a machine calls, with what stands in front of them. */
export const handlerNames = (prefix = 'livywire-') => ({
  submit: `${prefix}submit`,
  status: `${prefix}status`,
  cancel: `${prefix}cancel`,
});
