/* The browser's half of dashboard/components/markup.py: markup made by our own drawings, set as it is. */
window.oversight = window.oversight || {};
window.oversight.Markup = function Markup(props) {
  const described = props.label ? { role: "img", "aria-label": props.label } : {};
  return React.createElement("div", {
    id: props.id,
    className: props.className,
    dangerouslySetInnerHTML: { __html: props.html },
    ...described,
  });
};
