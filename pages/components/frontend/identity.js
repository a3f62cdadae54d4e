// Keeps the owner's secret in a cookie. One that exists already is never replaced.

export default function ({ data, setStateValue }) {
  if (!data.token) return;
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${data.name}=`));
  const existing = found?.slice(data.name.length + 1);
  if (existing && /^[0-9a-f]{32}$/.test(existing)) {
    if (existing !== data.token) setStateValue("owner", existing);
    return;
  }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie =
    `${data.name}=${data.token}; Path=/; Max-Age=31536000; SameSite=Strict${secure}`;
}
